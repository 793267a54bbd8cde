import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { SimulationResult } from './simulation.ts';

/** A simulation owns the clock of its process, so it gets one. */
async function simulated(...seeds: string[]): Promise<SimulationResult[]> {
  const module = new URL('./simulation.ts', import.meta.url).href;
  const program = `const { simulate } = await import(${JSON.stringify(module)});
for (const seed of ${JSON.stringify(seeds)}) console.log(JSON.stringify(await simulate(seed, true)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SimulationResult);
}

it('the same seed makes the same log, in another process and after other seeds', { timeout: 120_000 }, async () => {
  const [[alone], [before, after]] = await Promise.all([simulated('same-2'), simulated('same-1', 'same-2')]);
  expect(alone?.log.length).toBeGreaterThan(20);
  expect(after?.log).toEqual(alone?.log);
  expect(after?.digest).toBe(alone?.digest);
  expect(before?.digest).not.toBe(alone?.digest);
});
