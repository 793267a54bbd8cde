import type { SendResult, SignalResult, StartResult } from '@perdure/runtime';
import { type ErrorCode, errorCodes } from './error-codes.ts';
import { RequestError } from './request-error.ts';

/** Passes an accepted start or command on; turns a refusal of the engine or the runtime into the error a person sees. */
export function accepted<Result extends SendResult | SignalResult | StartResult>(result: Result): Extract<Result, { ok: true }> {
  // Narrowing a generic union by its discriminant needs the cast.
  if (result.ok) return result as Extract<Result, { ok: true }>;
  const code: ErrorCode = result.code in errorCodes ? result.code : 'internal';
  const details = result.code === 'payload.too-large' ? { field: result.field, limit: result.limit } : undefined;
  throw new RequestError(code, result.message, details === undefined ? {} : { details });
}
