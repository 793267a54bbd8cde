import type { PlanRetry } from '@perdure/graph';

/**
 * How long to wait after failed attempt number `attempt` (from 1): `first × coefficient^(attempt − 1)`, capped at the longest interval.
 * The arithmetic is Durable Functions' RetryOptions. [R2]
 */
export function retryDelayMs(retry: PlanRetry, attempt: number): number {
  const delay = retry.firstRetryIntervalMs * retry.backoffCoefficient ** (attempt - 1);
  const capped = Math.min(delay, retry.maxRetryIntervalMs ?? LONGEST_DELAY_MS, LONGEST_DELAY_MS);
  return Math.max(0, Math.round(capped));
}

/** When the next attempt starts, or null when there is none to come. `openedAt`: when the first attempt was scheduled. [R1, R3, R4] */
export function nextAttemptAt(retry: PlanRetry, failed: { attempt: number; code: string; openedAt: number; at: number }): number | null {
  if (failed.attempt >= retry.maxNumberOfAttempts) return null;
  if (retry.nonRetryableErrors.includes(failed.code)) return null;
  const at = failed.at + retryDelayMs(retry, failed.attempt);
  if (retry.retryTimeoutMs !== null && at - failed.openedAt > retry.retryTimeoutMs) return null;
  return at;
}

/** A growing backoff without a cap reaches Infinity; ten years stands in for never and keeps moments within safe integers. */
const LONGEST_DELAY_MS = 10 * 365 * 86_400_000;
