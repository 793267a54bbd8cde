import type { Json } from '@perdure/graph';
import type { JsonataFault } from './error-message.ts';
import type { TurnRandom } from './turn-random.ts';

/** What the parts of the cheap evaluator know about the evaluation they serve. */
export interface CheapRun {
  readonly random: TurnRandom;
  /** ISO 8601. */
  now(): string;
  /** Epoch milliseconds. */
  millis(): number;
  /** Throws an Escalation when the budget is used up. */
  spend(steps: number): void;
}

/** `undefined` = nothing. */
export type CheapValue = Json | undefined;

/** The expression failed on these values. */
export class CheapError extends Error {
  readonly fault: JsonataFault;

  constructor(fault: JsonataFault) {
    super(fault.code);
    this.fault = fault;
  }
}

/** The sandbox has to answer. */
export class Escalation extends Error {}
