/**
 * What a drill is: it brings a part of Perdure under load, injects faults that a seed decides, and says for each promise whether it was kept.
 * Servers, time limits, reports and parts of a full run are the frame's business (run-drill.ts, full-run.ts).
 */
import type { OwnPostgres, OwnRedis, TestPostgres, TestRedis } from '@perdure/testing';

export interface Drill {
  /** As on the command line. */
  readonly name: string;
  /** What is done to whom, for people. */
  readonly title: string;
  /** What a size counts: kills, seeds, … */
  readonly unit: string;
  /** Planned faults: in `verify`, in a full run, and at most in one part of a full run (each part has databases of its own). `verify: 0` leaves it out there. */
  readonly sizes: { readonly verify: number; readonly full: number; readonly part: number };
  /** A run that takes longer has failed. 10 minutes unless told. */
  readonly limitMs?: number;
  run(context: DrillContext): Promise<DrillOutcome>;
}

export interface DrillContext {
  readonly seed: string;
  readonly planned: number;
  /** How many were planned in the parts before this one of a full run; 0 elsewhere. For drills that have a list to work through. */
  readonly offset: number;
  /** Of the seed; 0 ≤ x < 1. */
  random(): number;
  log(line: string): void;
  /** A folder for files of this run; kept when the run fails. */
  readonly folder: string;
  /** A fresh database with the current schema on a server the drills share. Everything the context gives is stopped by the frame. */
  database(): Promise<TestPostgres>;
  /** A server of its own with the current schema, to be killed. */
  ownPostgres(settings?: Readonly<Record<string, string>>): Promise<OwnPostgres>;
  /** A Redis the drills share. */
  redis(): Promise<TestRedis>;
  /** A Redis of its own, to be killed, wiped or filled. */
  ownRedis(settings?: Readonly<Record<string, string>>): Promise<OwnRedis>;
  /** Runs when the drill has ended, last come first, whatever its outcome. */
  defer(cleanup: () => Promise<void> | void): void;
}

export interface DrillOutcome {
  planned: number;
  /** Faults (or seeds, cases, …) that really happened. */
  injected: number;
  /** Faults before which nothing had moved since the one before. */
  idle?: number;
  /** What callers were told is stored. */
  acknowledged: number;
  /** Executions of an activity attempt beyond its first. */
  duplicates: number;
  /** Only what this drill checked. */
  verdicts: Verdicts;
  /** Figures, units in their names. */
  measured?: Record<string, number>;
  /** Whatever else is wrong, in words. Any is a failure. */
  problems: string[];
}

/** Those of the reliability notes; and beside them: what instances do is what the model says, and planted bugs are noticed. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12' | 'I13' | 'model' | 'planted';

export type Verdicts = Partial<Record<Invariant, InvariantVerdict>>;

export interface InvariantVerdict {
  holds: boolean;
  /** How often it was broken. */
  count: number;
  /** The first few, in words. */
  examples: string[];
}
