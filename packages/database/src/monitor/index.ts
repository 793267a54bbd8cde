export type { Ask } from '../asking.ts';
export type { Lead } from '../lead.ts';
export { percentileOf } from './duration-scale.ts';
export { countOpen, forgetFailures, incidentsOf, learnFailures } from './failures.ts';
export { openMonitorDatabase, type MonitorDatabase } from './monitor-database.ts';
export { firstSweep, keepStanding, sweepStanding, type StandingSweep } from './standing.ts';
export { countAgain, countStats, forgetStats } from './stats.ts';
export { lookForStuck, type StuckCause } from './stuck.ts';
