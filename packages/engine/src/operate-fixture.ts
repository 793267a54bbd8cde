/** What an operator asks for, and the plan of two activities it is mostly asked of. */
import { portId } from '@perdure/graph';
import type { CommandBody } from './command.ts';
import { stepKey } from './ids.ts';
import { activity, end, expr, planOf, start } from './plan-fixture.ts';

export const said = { reason: 'mended', by: 'ann' };
export const rewind: CommandBody = { type: 'Rewind', ...said };
export const skip = (step: string, output = 'by hand', port: string | null = null): CommandBody => ({
  type: 'SkipStep',
  step: stepKey(step),
  output,
  port: port === null ? null : portId(port),
  ...said,
});
export const retry = (step: string): CommandBody => ({ type: 'RetryStep', step: stepKey(step), ...said });

export const chain = planOf({ start, a: activity(), b: activity(), end: end(expr(({ steps }) => steps.b?.output ?? null)) }, [
  'start>a',
  'a>b',
  'b>end',
]);
