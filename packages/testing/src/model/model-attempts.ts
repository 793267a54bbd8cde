/** Attempts of the model's steps, and the limits that run with them. [R1–R5, O3, O6] */
import type { GraphNode } from '@perdure/graph';
import type { ModelFailure, Step } from './model-place.ts';

/** Whether another attempt follows a failed one. After a rewind they are counted anew. */
export function mayTryAgain({ node, attempt, since }: Step, { code }: ModelFailure, at: number): boolean {
  const { retry } = node;
  if (retry === undefined) return false;
  const count = attempt - since.attempt;
  if (count >= (retry.maxNumberOfAttempts ?? 1) || retry.nonRetryableErrors?.includes(code) === true) return false;
  const waitMs = milliseconds(retry.firstRetryInterval) * (retry.backoffCoefficient ?? 1) ** (count - 1);
  return retry.retryTimeout === undefined || at + Math.round(waitMs) - since.at <= milliseconds(retry.retryTimeout);
}

export function attemptAnew(step: Step): void {
  step.attempt += 1;
  step.isBetweenAttempts = false;
  step.isLimited = hasLimit(step.node);
}

/** Costs none of its attempts. */
export function replace(step: Step): void {
  step.since = { ...step.since, attempt: step.since.attempt + 1 };
  attemptAnew(step);
}

/** A timeout or a deadline. */
export function hasLimit({ type, config, timeout }: GraphNode): boolean {
  if (type === 'subWorkflow') return timeout !== undefined;
  return (type === 'humanTask' ? config.deadline : ['event', 'scope'].includes(type) ? config.timeout : undefined) !== undefined;
}

/** Random workflows write durations in milliseconds. */
function milliseconds(duration: string | undefined): number {
  return Number(duration?.replace(/ms$/, '') ?? 0);
}
