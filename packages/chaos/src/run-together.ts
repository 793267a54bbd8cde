import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs drills in processes of their own, so many at a time, each with its own servers: mostly they wait, and one that hangs or changes its
 * process' clock is no other's trouble. What each says is shown when it has ended. One that ends without a count has failed.
 */
export async function runTogether(
  names: readonly string[],
  atOnce: number,
  flags: readonly string[],
): Promise<{ passed: number; failed: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-chaos-summaries-'));
  const waiting = [...names];
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
