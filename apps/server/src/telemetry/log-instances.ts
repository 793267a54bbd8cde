import type { RuntimeObserver } from '@perdure/runtime';
import type { FastifyBaseLogger } from 'fastify';
import { parseTraceParent } from './trace-context.ts';

/** A line for every instance that comes into being or ends, when such lines are wanted. */
export function logInstances(log: FastifyBaseLogger): RuntimeObserver {
  if (log.level !== 'info' && log.level !== 'debug') return {};
  return {
    instance({ traceParent, ...fact }) {
      const traceId = parseTraceParent(traceParent)?.traceId;
      log.info({ ...fact, ...(traceId === undefined ? {} : { traceId }) }, `instance ${fact.status}`);
    },
  };
}
