/**
 * `pnpm chaos <drill…|all|list> [--full] [--part=i/n] [--scale=0.25] [--seed=…] [--count=…] [--offset=…] [--summary=file] [--together=n]`
 *
 * Runs drills at the size `verify` runs them, or (`--full`) their full size in parts, of which another start goes on with what is missing.
 * `--scale` does a share of the full size, `--part=i/n` every nth part beginning with the ith. `--seed`, `--count` and `--offset` repeat one run.
 * `--together=n` runs n drills at a time, each in a process of its own.
 * Reports are in chaos-reports/. The last line counts runs (with --full: drills) that passed and failed; void ones have failed.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { setup } from '@perdure/testing/vitest-services';
import type { Drill, DrillOutcome } from './drill.ts';
import { drills } from './drills.ts';
import { runFull } from './full-run.ts';
import { runDrill, writeReport } from './run-drill.ts';
import { runTogether } from './run-together.ts';

process.exitCode = await main();
// A drill that took too long may still be at it.
process.exit();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      full: { type: 'boolean', default: false },
      part: { type: 'string', default: '1/1' },
      scale: { type: 'string', default: '1' },
      seed: { type: 'string' },
      count: { type: 'string' },
      offset: { type: 'string', default: '0' },
      summary: { type: 'string' },
      together: { type: 'string', default: '1' },
    },
  });
  if (positionals.length === 0 || positionals.includes('list')) {
    for (const drill of drills)
      console.log(`${drill.name.padEnd(18)} ${`${drill.sizes.verify} / ${drill.sizes.full} ${drill.unit}`.padEnd(26)} ${drill.title}`);
    return positionals.length === 0 ? 2 : 0;
  }
  const chosen = positionals.includes('all')
    ? drills.filter(({ sizes }) => values.full || sizes.verify > 0)
    : positionals.map((name) => drills.find((drill) => drill.name === name) ?? name);
  const unknown = chosen.filter((drill) => typeof drill === 'string');
  const [, index = '', of = ''] = /^(\d+)\/(\d+)$/.exec(values.part) ?? [];
  const share = { index: Number(index), of: Number(of) };
  const scale = Number(values.scale);
  const count = values.count === undefined ? undefined : Number(values.count);
  if (unknown.length > 0) return refused(`There is no drill ${unknown.join(', ')}. \`pnpm chaos list\` names them.`);
  if (!(share.index >= 1 && share.index <= share.of)) return refused('--part=i/n: the ith of n, from 1.');
  if (!(scale > 0 && scale <= 1)) return refused('--scale is a number above 0 and up to 1.');
  if (count !== undefined && !(Number.isSafeInteger(count) && count > 0)) return refused('--count is a whole number above 0.');

  const together = Number(values.together);
  if (!(Number.isSafeInteger(together) && together > 0)) return refused('--together is a whole number above 0.');
  const names = chosen.flatMap((drill) => (typeof drill === 'string' ? [] : [drill.name]));
  const own = process.argv.slice(2).filter((word) => word.startsWith('--') && !/^--(?:together|summary)\b/.test(word));
  const { passed, failed } =
    together > 1 ? await runTogether(names, together, own) : await runHere(chosen, { ...values, scale, share, count });
  if (values.summary !== undefined) writeReport(values.summary, { passed, failed });
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

async function runHere(
  chosen: readonly (Drill | string)[],
  options: Omit<Parameters<typeof runFull>[1], 'seed'> & {
    full: boolean;
    seed?: string | undefined;
    count: number | undefined;
    offset: string;
  },
): Promise<{ passed: number; failed: number }> {
  const stopServers = await setup();
  let [passed, failed] = [0, 0];
  try {
    for (const drill of chosen) {
      if (typeof drill === 'string') continue;
      const log = (line: string): void => console.log(`  ${drill.name}: ${line}`);
      const hasPassed = options.full
        ? await full(drill, { scale: options.scale, share: options.share, seed: options.seed }, log)
        : await once(
            drill,
            {
              seed: options.seed ?? randomBytes(3).toString('hex'),
              planned: options.count ?? Math.max(1, drill.sizes.verify),
              offset: Number(options.offset),
            },
            log,
          );
      if (hasPassed) passed += 1;
      else failed += 1;
    }
  } finally {
    await stopServers();
  }
  return { passed, failed };
}

async function once(drill: Drill, run: { seed: string; planned: number; offset: number }, log: (line: string) => void): Promise<boolean> {
  const report = await runDrill(drill, run, log);
  console.log(
    `${word(report.result)} ${drill.name}: ${report.injected} of ${report.planned} ${drill.unit}, ${report.acknowledged} acknowledged, ${report.duplicates} duplicates${figures(report)} (${seconds(report.durationMs)})`,
  );
  complain(report.verdicts);
  for (const problem of report.problems.slice(0, 10)) console.log(`  ${problem.slice(0, 600)}`);
  if (report.problems.length > 10) console.log(`  … and ${report.problems.length - 10} more, in the report`);
  if (report.result !== 'passed') console.log(`  Again: ${report.replay}`);
  return report.result === 'passed';
}

async function full(drill: Drill, options: Parameters<typeof runFull>[1], log: (line: string) => void): Promise<boolean> {
  const run = await runFull(drill, options, log);
  console.log(
    `${word(run.result)} ${drill.name}, full: ${run.partsDone} of ${run.parts} parts, ${run.injected} of ${run.planned} ${drill.unit}, ${run.acknowledged} acknowledged, ${run.duplicates} duplicates, ${run.failedRuns} failed runs (${seconds(run.durationMs)})`,
  );
  complain(run.verdicts);
  // One of several shares is as good as it can be when nothing of it failed.
  return run.result === 'passed' || (run.result === 'unfinished' && options.share.of > 1);
}

function complain(verdicts: DrillOutcome['verdicts']): void {
  for (const [invariant, verdict] of Object.entries(verdicts))
    if (!verdict.holds) console.log(`  ${invariant} is broken ${verdict.count} times: ${verdict.examples.join('; ')}`);
}

function word(result: string): string {
  return result === 'passed' ? 'ok    ' : result.toUpperCase().padEnd(6);
}

function figures({ measured }: Pick<DrillOutcome, 'measured'>): string {
  return Object.entries(measured ?? {})
    .map(([name, value]) => `, ${name} ${Number.isInteger(value) ? value : value.toFixed(1)}`)
    .join('');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function refused(why: string): number {
  console.error(why);
  return 2;
}
