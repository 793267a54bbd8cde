/**
 * Runs one drill once: gives it servers and a seed, judges what it says, and leaves a report.
 *
 * R1 passed = every verdict holds, at least one was given, and there is no problem;
 * R2 void = under 90 % of the planned faults happened, or more than 10 % of them met something that had not moved since the fault before: such a
 *    run shows nothing, and counts as failed;
 * R3 a drill that throws or takes too long has failed, and says why in its report.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@perdure/database';
import { startOwnPostgres, startOwnRedis, startTestPostgres, startTestRedis } from '@perdure/testing';
import type { Drill, DrillContext, DrillOutcome } from './drill.ts';
import { seededRandom } from '@perdure/testing';

export interface DrillReport extends DrillOutcome {
  drill: string;
  title: string;
  unit: string;
  commit: string;
  seed: string;
  startedAt: string;
  durationMs: number;
  result: 'passed' | 'failed' | 'void';
  /** The command that does the same again. */
  replay: string;
}

export const reportsFolder = join(import.meta.dirname, '../../../chaos-reports');

export async function runDrill(
  drill: Drill,
  { seed, planned, offset }: Pick<DrillContext, 'seed' | 'planned' | 'offset'>,
  log: (line: string) => void,
): Promise<DrillReport> {
  const startedAt = new Date();
  const folder = mkdtempSync(join(tmpdir(), `perdure-chaos-${drill.name}-`));
  const cleanups: (() => Promise<void> | void)[] = [];
  const context = contextOf({ seed, planned, offset }, folder, cleanups, log);
  let outcome: DrillOutcome;
  try {
    outcome = await within(drill.limitMs ?? 600_000, drill.run(context));
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    outcome = { planned, injected: 0, acknowledged: 0, duplicates: 0, verdicts: {}, problems: [problem] };
  }
  for (const cleanup of cleanups.reverse()) {
    try {
      await within(60_000, Promise.resolve(cleanup()));
    } catch (error) {
      outcome.problems.push(`while cleaning up: ${(error as Error).message}`);
    }
  }
  const result = judged(outcome);
  if (result === 'failed') outcome.problems.push(`files of the run: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  const report: DrillReport = {
    drill: drill.name,
    title: drill.title,
    unit: drill.unit,
    commit: currentCommit(),
    seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    result,
    ...outcome,
    replay: `pnpm chaos ${drill.name} --seed=${seed} --count=${planned}${offset === 0 ? '' : ` --offset=${offset}`}`,
  };
  writeReport(join(reportsFolder, `${drill.name}-${seed}.json`), report);
  return report;
}

/** Whole or not at all. */
export function writeReport(file: string, report: object): void {
  mkdirSync(join(file, '..'), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(report, null, 2)}\n`);
  renameSync(unfinished, file);
}

function judged(outcome: DrillOutcome): DrillReport['result'] {
  const verdicts = Object.values(outcome.verdicts);
  if (outcome.problems.length > 0 || verdicts.some(({ holds }) => !holds)) return 'failed';
  if (verdicts.length === 0 || outcome.injected < 0.9 * outcome.planned || (outcome.idle ?? 0) > 0.1 * outcome.planned) return 'void';
  return 'passed';
}

function contextOf(
  run: Pick<DrillContext, 'seed' | 'planned' | 'offset'>,
  folder: string,
  cleanups: (() => Promise<void> | void)[],
  log: (line: string) => void,
): DrillContext {
  const stoppedLater = async <Service extends { stop(): Promise<void> }>(starting: Promise<Service>): Promise<Service> => {
    const service = await starting;
    cleanups.push(() => service.stop());
    return service;
  };
  return {
    ...run,
    random: seededRandom(run.seed),
    log,
    folder,
    defer: (cleanup) => void cleanups.push(cleanup),
    database: () => stoppedLater(startTestPostgres()),
    redis: () => stoppedLater(startTestRedis()),
    ownRedis: (settings) => stoppedLater(startOwnRedis(settings)),
    async ownPostgres(settings) {
      const server = await stoppedLater(startOwnPostgres(settings));
      await migrate(server.url);
      return server;
    },
  };
}

/** What goes on behind a limit cannot be stopped: whoever starts the process ends it. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`It did not end within ${limitMs / 1_000} s.`)), limitMs);
  });
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

function currentCommit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain', '-uno') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}
