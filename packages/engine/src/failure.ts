import type { Json } from '@perdure/graph';

/** Why a step or an instance failed. Also what the expression variable `error` holds inside a catch. */
export interface Failure {
  /** Stable and matched by catches and retry policies: `HttpStatus.503`, `Timeout`, `Expression`, `Declined`, … */
  code: string;
  /** For people; cut at 4 KB, with a mark. Without details of its own, `details` refers to up to 256 KB of it. */
  message: string;
  details?: Json;
  /** The title and id of the node that failed first. */
  node?: string;
  step?: string;
}

/** The failure of something that took longer than its timeout. */
export function timeoutFailure(title: string | null): Failure {
  return { code: 'Timeout', message: `${title === null ? 'This step' : `“${title}”`} took longer than its timeout allows.` };
}
