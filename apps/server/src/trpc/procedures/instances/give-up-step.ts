import { z } from 'zod';
import { decideQuarantine, quarantineDecision } from '../../../instances/decide-quarantine.ts';
import { procedure } from '../../base.ts';

const input = z.strictObject({ id: z.string(), ...quarantineDecision });

export const giveUpStep = procedure('instance.operate')
  .input(input)
  .mutation(async ({ ctx: { identity, installation }, input }): Promise<void> =>
    decideQuarantine(installation, identity, 'give-up', input),
  );
