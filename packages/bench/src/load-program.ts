/** Sends start requests for a while and reports; a process of its own, so that it does not share the server's thread. */
import { once } from 'node:events';
import autocannon from 'autocannon';

export interface Load {
  url: string;
  key: string;
  connections: number;
  seconds: number;
  /** Null: as fast as answers come. Else latencies count from when a request was due, not from when there was a connection for it. */
  perSecond: number | null;
}

export interface LoadResult {
  answered: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  cpuMs: number;
}

// Sent by start-api.ts.
const [load] = (await once(process, 'message')) as [Load];
const result = await autocannon({
  url: load.url,
  method: 'POST',
  headers: { 'x-functions-key': load.key, 'content-type': 'application/json' },
  body: JSON.stringify({ order: 4711, customer: 'bench' }),
  connections: load.connections,
  duration: load.seconds,
  ...(load.perSecond === null ? {} : { overallRate: load.perSecond }),
});
const refused = result.non2xx + result.errors + result.timeouts;
if (refused > 0)
  throw new Error(`${refused} of ${result.requests.total} starts were not accepted: ${JSON.stringify(result.statusCodeStats)}`);
const { user, system } = process.cpuUsage();
const report: LoadResult = {
  answered: result['2xx'],
  perSecond: result['2xx'] / result.duration,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
  cpuMs: (user + system) / 1_000,
};
process.send?.(report);
process.disconnect();
