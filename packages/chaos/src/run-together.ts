import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drills } from './drills.ts';
import { reportsFolder, type DrillReport } from './run-drill.ts';

/**
 * Runs drills in processes of their own, so many at a time, each with its own servers: mostly they wait, and one that hangs or changes its
 * process' clock is no other's trouble. What each says is shown when it has ended. One that ends without a count has failed.
 *
 * Those that took longest the last time begin first, so that no long one is left alone at the end; before them those never run here, as given.
 */
export async function runTogether(
  names: readonly string[],
  atOnce: number,
  flags: readonly string[],
): Promise<{ passed: number; failed: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-chaos-summaries-'));
  const tookMs = lastDurations();
  const waiting = names.toSorted((a, b) => (tookMs.get(b) ?? unknownMs) - (tookMs.get(a) ?? unknownMs));
  const total = { passed: 0, failed: 0 };
  try {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
          const counts = await runApart(name, join(folder, `${name}.json`), flags);
          total.passed += counts.passed;
          total.failed += counts.failed;
        }
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return total;
}

const unknownMs = 60 * 60_000;

/** Of the newest report of each drill at this size that is here. */
function lastDurations(): Map<string, number> {
  if (!existsSync(reportsFolder)) return new Map();
  const reports = readdirSync(reportsFolder)
    .filter((file) => file.endsWith('.json') && !file.endsWith('-full.json'))
    .map((file) => JSON.parse(readFileSync(join(reportsFolder, file), 'utf8')) as DrillReport) // written by writeReport
    .filter(({ drill, planned }) => drills.find(({ name }) => name === drill)?.sizes.verify === planned)
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  return new Map(reports.map(({ drill, durationMs }) => [drill, durationMs]));
}

async function runApart(name: string, summary: string, flags: readonly string[]): Promise<{ passed: number; failed: number }> {
  const program = join(import.meta.dirname, 'chaos.ts');
  const child = spawn(process.execPath, [...process.execArgv, program, name, `--summary=${summary}`, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  // Its own count is part of ours.
  process.stdout.write(output.replace(/^\d+ passed, \d+ failed\n/m, ''));
  try {
    return JSON.parse(readFileSync(summary, 'utf8')) as { passed: number; failed: number }; // written by chaos.ts
  } catch {
    console.log(`FAILED ${name}: it ended without a result (exit code ${code}).`);
    return { passed: 0, failed: 1 };
  }
}
