/**
 * A full run, in parts of bounded size that can be done over days: `chaos-reports/<drill>-full/<part>.json` holds the report of each part that is
 * done, `chaos-reports/<drill>-full.json` their sums. A second start goes on with what is missing; a part that failed is done again, and
 * the sums say how many did.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Drill, Verdicts } from './drill.ts';
import { reportsFolder, runDrill, writeReport, type DrillReport } from './run-drill.ts';

export interface FullRun {
  drill: string;
  title: string;
  unit: string;
  seed: string;
  /** Of the whole full size, as asked for. */
  scale: number;
  commits: string[];
  parts: number;
  partsDone: number;
  /** Runs of parts that failed or were void before they passed, or still do. */
  failedRuns: number;
  planned: number;
  injected: number;
  acknowledged: number;
  duplicates: number;
  verdicts: Verdicts;
  /** Per figure: the largest of all parts, and their mean. */
  measured: Record<string, { most: number; mean: number }>;
  durationMs: number;
  result: 'passed' | 'failed' | 'unfinished';
}

export async function runFull(
  drill: Drill,
  options: { scale: number; seed: string | undefined; share: { index: number; of: number } },
  log: (line: string) => void,
): Promise<FullRun> {
  const folder = join(reportsFolder, `${drill.name}-full`);
  mkdirSync(folder, { recursive: true });
  const summaryFile = join(reportsFolder, `${drill.name}-full.json`);
  const earlier = readJson<FullRun>(summaryFile);
  const seed = earlier?.seed ?? options.seed ?? randomBytes(3).toString('hex');
  if (options.seed !== undefined && options.seed !== seed)
    throw new Error(
      `A full run of ${drill.name} with the seed ${seed} has begun: ${summaryFile}. Move it and its folder away to begin another.`,
    );
  // Parts that another scale has done already count: a quarter first, the rest later.
  const total = Math.max(1, Math.round(drill.sizes.full * options.scale));
  const parts = Math.ceil(total / drill.sizes.part);
  const fileOf = (part: number): string => join(folder, `${String(part).padStart(4, '0')}.json`);
  const sizeOf = (part: number): number => Math.min(drill.sizes.part, total - (part - 1) * drill.sizes.part);
  const sum = (): FullRun => {
    const done = Array.from({ length: parts }, (_, i) => readJson<DrillReport>(fileOf(i + 1))).filter((report) => report !== undefined);
    const summary = summed(drill, seed, options.scale, parts, done, failedRuns(parts, fileOf));
    writeReport(summaryFile, summary);
    return summary;
  };
  sum();
  for (let part = 1; part <= parts; part += 1) {
    if ((part - 1) % options.share.of !== options.share.index - 1) continue;
    const before = readJson<DrillReport>(fileOf(part));
    if (before?.result === 'passed' && before.planned >= sizeOf(part)) continue;
    log(`part ${part} of ${parts}, ${sizeOf(part)} ${drill.unit}`);
    const report = await runDrill(drill, { seed: `${seed}.${part}`, planned: sizeOf(part), offset: (part - 1) * drill.sizes.part }, log);
    if (before !== undefined && before.result !== 'passed') setAside(fileOf(part));
    writeReport(fileOf(part), report);
    if (report.result !== 'passed') log(`part ${part} is ${report.result}; again: ${report.replay}`);
    sum();
  }
  return sum();
}

function summed(drill: Drill, seed: string, scale: number, parts: number, done: readonly DrillReport[], setAsideRuns: number): FullRun {
  const add = (figure: (report: DrillReport) => number): number => done.reduce((total, report) => total + figure(report), 0);
  const failed = done.filter(({ result }) => result !== 'passed').length;
  const verdicts: Verdicts = {};
  for (const report of done)
    for (const [invariant, { holds, count, examples }] of Object.entries(report.verdicts)) {
      // The keys of Verdicts.
      const total = (verdicts[invariant as keyof Verdicts] ??= { holds: true, count: 0, examples: [] });
      total.holds &&= holds;
      total.count += count;
      total.examples.push(...examples.slice(0, Math.max(0, 5 - total.examples.length)));
    }
  const figures = new Map<string, number[]>();
  for (const { measured } of done)
    for (const [name, value] of Object.entries(measured ?? {})) figures.set(name, [...(figures.get(name) ?? []), value]);
  return {
    drill: drill.name,
    title: drill.title,
    unit: drill.unit,
    seed,
    scale,
    commits: [...new Set(done.map(({ commit }) => commit))],
    parts,
    partsDone: done.length,
    failedRuns: failed + setAsideRuns,
    planned: add((report) => report.planned),
    injected: add((report) => report.injected),
    acknowledged: add((report) => report.acknowledged),
    duplicates: add((report) => report.duplicates),
    verdicts,
    measured: Object.fromEntries(
      [...figures].map(([name, values]) => [name, { most: Math.max(...values), mean: values.reduce((a, b) => a + b, 0) / values.length }]),
    ),
    durationMs: add((report) => report.durationMs),
    result: failed > 0 ? 'failed' : done.length < parts ? 'unfinished' : 'passed',
  };
}

/** A failed run of a part stays beside the one that took its place. */
function setAside(file: string): void {
  for (let n = 1; ; n += 1) {
    const aside = `${file}.failed-${n}`;
    if (existsSync(aside)) continue;
    renameSync(file, aside);
    return;
  }
}

function failedRuns(parts: number, fileOf: (part: number) => string): number {
  let count = 0;
  for (let part = 1; part <= parts; part += 1) for (let n = 1; existsSync(`${fileOf(part)}.failed-${n}`); n += 1) count += 1;
  return count;
}

function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as T; // written by writeReport
}
