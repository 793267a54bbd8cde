/**
 * Which request a deed belongs to, known to every append below it without being handed down. Outside of a request (start, sweeps, the command
 * line) there is none.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface AuditRequest {
  requestId: string;
  /** Network address of the caller. */
  address: string;
}

interface Scope {
  request: AuditRequest;
  deeds: string[];
}

const scopes = new AsyncLocalStorage<Scope>();

export function withAuditRequest<Result>(request: AuditRequest, run: () => Result): Result {
  return scopes.run({ request, deeds: [] }, run);
}

/** The actions recorded so far in this request; for tests that nothing goes unrecorded. */
export function deedsOfRequest(): readonly string[] {
  return scopes.getStore()?.deeds ?? [];
}

export function requestOfDeed(): Partial<AuditRequest> {
  return scopes.getStore()?.request ?? {};
}

export function noteDeed(action: string): void {
  scopes.getStore()?.deeds.push(action);
}
