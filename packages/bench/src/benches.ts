/** All benches by name. A new one is a file beside the others and a line in both lists. */
import { bank } from './bank.ts';
import type { BenchEnvironment } from './environment.ts';
import { events } from './events.ts';
import { fanout10000, fanout1000 } from './fanout.ts';
import { hello5 } from './hello5.ts';
import { live } from './live.ts';
import { longHistory } from './long-history.ts';
import { monitor } from './monitor.ts';
import { payloads } from './payloads.ts';
import { recovery } from './recovery.ts';
import { sleepers } from './sleepers.ts';
import { startApi } from './start-api.ts';
import { timers } from './timers.ts';
import { web } from './web.ts';

export type Figures = Record<string, number>;

/** The longest each may take; generous, for a busy machine. */
export const limitSeconds: Readonly<Record<string, number>> = {
  hello5: 90,
  fanout1000: 30,
  fanout10000: 60,
  longHistory: 90,
  sleepers: 240,
  events: 60,
  timers: 60,
  recovery: 180,
  live: 60,
  startApi: 60,
  bank: 90,
  payloads: 120,
  web: 420,
  // The first run seeds for some minutes.
  monitor: 1_800,
};

/** `parts`: empty for all of it; only monitor has some. */
export const runs: Readonly<Record<string, (environment: BenchEnvironment, parts: readonly string[]) => Promise<Figures>>> = {
  hello5,
  fanout1000,
  fanout10000,
  longHistory,
  sleepers,
  events,
  timers,
  recovery,
  live,
  startApi,
  bank,
  payloads,
  web,
  monitor,
};
