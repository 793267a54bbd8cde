import { fillDefaults, hasDefaults, isPayloadRef, type Json } from '@perdure/graph';
import type { Command } from './command.ts';
import { settle, type Steps } from './steps.ts';
import { nodeOf, type Turn } from './turn.ts';

/**
 * The input an instance begins with: what was given, with the defaults of the start's schema. A run that begins elsewhere takes what it was
 * given as it is. [D12]
 */
export function* inputOf(turn: Turn, { input, test }: Command & { type: 'StartExecution' }): Steps<Json> {
  const start = nodeOf(turn, turn.plan.start);
  if (start.kind !== 'start' || test?.from !== undefined || start.inputSchema === null || !hasDefaults(start.inputSchema)) return input;
  const given = isPayloadRef(input) ? yield* settle(turn.evaluator.load(input)) : input;
  const filled = fillDefaults(start.inputSchema, given);
  return filled === given ? input : yield* settle(turn.evaluator.keep(filled));
}
