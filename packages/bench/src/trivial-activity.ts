import { createCatalogue, defineNodeType, errorPort, outPort, standardCatalogue } from '@perdure/graph';
import type { Activity } from '@perdure/runtime';
import { z } from 'zod';

/** An effectful activity that does nothing: what remains is what the engine costs. It is scheduled, run and recorded like any other. */
export const trivialActivity: Activity = {
  name: 'trivial',
  run: async () => ({ ok: true, output: { done: true } }),
};

const trivial = defineNodeType({
  key: 'trivial',
  label: 'Trivial step',
  category: 'work',
  icon: 'circle',
  description: 'Does nothing, durably.',
  docs: { does: 'Nothing.', output: '`{ done: true }`', errors: [], example: { says: 'Nothing.', config: {} } },
  activity: true,
  endsTurn: true,
  schema: z.strictObject({}),
  defaultConfig: () => ({}),
  ports: () => [outPort, errorPort],
  summary: () => '',
  compile: (_config, { retry, timeoutMs }) => ({ kind: 'activity', activity: 'trivial', input: {}, retry, timeoutMs, queue: null }),
});

export const benchCatalogue = createCatalogue([...standardCatalogue.types, trivial]);
