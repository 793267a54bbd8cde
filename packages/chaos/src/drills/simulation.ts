/**
 * Simulations, seed after seed, in a process of its own (its clock and timers are simulated, which no other part of the frame would survive).
 * A single seed (`--count=1`) is replayed as it was, and its log is kept.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SimulationResult } from '@perdure/testing';
import type { Drill, DrillContext, Invariant, Verdicts } from '../drill.ts';

const program = fileURLToPath(new URL('../simulation-program.ts', import.meta.url));
const checked: readonly Invariant[] = ['I1', 'I2', 'I3', 'I4', 'I5', 'I8', 'I9', 'I10', 'I11', 'model'];
const problemsShown = 10;

type Line = Omit<SimulationResult, 'log'> & { lines?: string[] };

export const simulation: Drill = {
  name: 'simulation',
  title: 'workers on a simulated database, clock and network: crashes, pauses, lost answers, an old Redis; a seed replays exactly',
  unit: 'seeds',
  sizes: { verify: 2_000, full: 100_000, part: 1_000 },
  limitMs: 45 * 60_000,
  async run(context) {
    const verdicts: Verdicts = Object.fromEntries(checked.map((invariant) => [invariant, { holds: true, count: 0, examples: [] }]));
    const sums = { instances: 0, events: 0, faults: 0, acknowledged: 0, duplicates: 0, modelled: 0, virtualMs: 0 };
    const problems: string[] = [];
    let seeds = 0;
    await runAll(context, (line) => {
      seeds += 1;
      for (const figure of Object.keys(sums) as (keyof typeof sums)[]) sums[figure] += line[figure]; // keys of this very object
      if (line.problems.length === 0) return;
      for (const { invariant, example } of line.problems) {
        const verdict = verdicts[invariant as Invariant]; // undefined for one that has none
        if (verdict === undefined) continue;
        verdict.holds = false;
        verdict.count += 1;
        if (verdict.examples.length < 5) verdict.examples.push(`${line.seed}: ${example}`);
      }
      if (problems.length >= problemsShown) return;
      problems.push(`${line.problems[0]?.example}. This seed alone: pnpm chaos simulation --seed=${line.seed} --count=1`);
    });
    const { instances, events, faults, modelled, virtualMs, acknowledged, duplicates } = sums;
    return {
      planned: context.planned,
      injected: seeds,
      acknowledged,
      duplicates,
      verdicts,
      measured: { instances, events, faults, heldAgainstTheModel: modelled, virtualHours: virtualMs / 3_600_000 },
      problems,
    };
  },
};

/** Seeds have nothing to do with each other: two processes share them. */
async function runAll(context: DrillContext, take: (line: Line) => void): Promise<void> {
  const { seed, planned } = context;
  if (planned === 1) return runProgram(context, [seed, '', '', '--log'], take);
  const half = availableParallelism() > 1 ? Math.ceil(planned / 2) : planned;
  await Promise.all([
    runProgram(context, [seed, '1', String(half)], take),
    ...(half < planned ? [runProgram(context, [seed, String(half + 1), String(planned)], take)] : []),
  ]);
}

async function runProgram({ folder, defer, log }: DrillContext, args: readonly string[], take: (line: Line) => void): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  defer(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line; // written by the program
    take(line);
    if (line.lines === undefined) continue;
    const file = join(folder, 'simulation.log');
    writeFileSync(file, `${line.lines.join('\n')}\n`);
    log(`digest ${line.digest}; what happened is in ${file} (kept when the run fails)`);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`The simulation ended with ${code}.`);
}
