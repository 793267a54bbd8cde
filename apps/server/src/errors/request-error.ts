import type { Json } from '@perdure/graph';
import { type ErrorCode, errorCodes } from './error-codes.ts';

/**
 * A request that cannot be served, in words for a person. Thrown by procedures and routes, translated once at the boundary
 * (HTTP: http/error-answer.ts, tRPC: trpc/base.ts). Everything else that is thrown is a bug and answers `internal`.
 */
export class RequestError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: Json | undefined;

  constructor(code: ErrorCode, message: string, options: { details?: Json; status?: number } = {}) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.status = options.status ?? errorCodes[code].status;
    this.details = options.details;
  }

  toJSON(): { code: ErrorCode; message: string; details?: Json } {
    return { code: this.code, message: this.message, ...(this.details === undefined ? {} : { details: this.details }) };
  }
}
