/** The W3C trace context of the request that is being answered, for whoever passes work on; and what a `traceparent` header may look like. */
import { AsyncLocalStorage } from 'node:async_hooks';

const requests = new AsyncLocalStorage<string>();

/** Undefined outside a traced request. */
export function currentTraceParent(): string | undefined {
  return requests.getStore();
}

export function withTraceParent(traceParent: string, work: () => void): void {
  requests.run(traceParent, work);
}

export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

/** Undefined for whatever is not a context of version 00 (or one that extends it): it is then as if there were none. */
export function parseTraceParent(text: string | undefined): TraceContext | undefined {
  const [, version, traceId, spanId, flags, more] = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(text ?? '') ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && more !== undefined) || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

export function formatTraceParent({ traceId, spanId, traceFlags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`;
}
