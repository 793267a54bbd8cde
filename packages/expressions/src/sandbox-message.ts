import type { ExpressionErrorCode } from './evaluation.ts';

/** What passes between the sandbox and its child. Data travels as JSON text: its length is known and it is parsed only where it is used. */
export interface SandboxRequest {
  id: number;
  source: string;
  /** JSON of the scope. */
  scope: string;
  at: number;
  seed: string;
}

export type SandboxReply =
  | { ready: true }
  /** `value` null = the expression matched nothing. */
  | { id: number; ok: true; value: string | null }
  | { id: number; ok: false; code: ExpressionErrorCode; message: string };
