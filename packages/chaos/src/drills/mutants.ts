/**
 * Plants each bug of the list in a copy of the tree and runs what must notice it: a bug is caught when that command fails. Before, the same
 * commands must pass on the tree as it is, else they show nothing.
 */
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Drill } from '../drill.ts';
import { plantedBugs, type Notice } from '../planted-bugs.ts';
import { planted } from '../plant.ts';

const root = join(import.meta.dirname, '../../../..');
const limitMs = 900_000;

export const mutants: Drill = {
  name: 'mutants',
  title: 'bugs planted one by one in a copy of the tree, each to be noticed by a drill or a test',
  unit: 'bugs',
  sizes: { verify: 0, full: plantedBugs.length, part: plantedBugs.length },
  limitMs: 3 * 3_600_000,
  async run({ seed, planned, log, folder }) {
    const copy = join(folder, 'tree');
    copyTree(copy);
    // A single bug by its name, or as many as asked for from the top.
    const chosen = plantedBugs.some(({ name }) => name === seed)
      ? plantedBugs.filter(({ name }) => name === seed)
      : plantedBugs.slice(0, planned);
    const problems: string[] = [];
    const tried = new Set<string>();
    for (const { noticedBy } of chosen) {
      const command = JSON.stringify(noticedBy);
      if (tried.has(command)) continue;
      tried.add(command);
      const end = await outcomeOf(copy, noticedBy, seed);
      if (end !== 'passed') problems.push(`Without any bug this is ${end}, so it shows nothing: ${command}`);
    }
    const missed: string[] = [];
    for (const bug of chosen) {
      const file = join(copy, bug.file);
      const before = readFileSync(file, 'utf8');
      writeFileSync(file, planted(bug, before));
      const end = await outcomeOf(copy, bug.noticedBy, seed);
      writeFileSync(file, before);
      log(`${end === 'failed' ? 'caught' : 'MISSED'}: ${bug.name}${end === 'not done in time' ? ` (${end})` : ''}`);
      if (end !== 'failed') missed.push(bug.name);
    }
    rmSync(copy, { recursive: true, force: true });
    return {
      planned: chosen.length,
      injected: chosen.length,
      acknowledged: 0,
      duplicates: 0,
      verdicts: { planted: { holds: missed.length === 0, count: missed.length, examples: missed } },
      measured: { caught: chosen.length - missed.length },
      problems,
    };
  },
};

/** What git knows, with this tree's installed packages; a package's own links lead to the copy's packages. */
function copyTree(to: string): void {
  const git = (...args: string[]): string[] => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of git('ls-files', '-z', '--cached', '--others', '--exclude-standard')) {
    if (!existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(root, file), join(to, file));
  }
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
  const packages = git('ls-files', '-z', '*/package.json').map((file) => dirname(file));
  for (const folder of packages) {
    const modules = join(folder, 'node_modules');
    if (existsSync(join(root, modules))) cpSync(join(root, modules), join(to, modules), { recursive: true, verbatimSymlinks: true });
  }
  const generated = 'packages/database/src/generated';
  if (existsSync(join(root, generated))) cpSync(join(root, generated), join(to, generated), { recursive: true });
}

/** Not being done in time is no failure: it may be the machine's. */
function outcomeOf(tree: string, notice: Notice, seed: string): Promise<'passed' | 'failed' | 'not done in time'> {
  const args =
    'simulation' in notice
      ? ['packages/chaos/src/simulation-program.ts', `mutants-${seed}`, '1', String(notice.simulation), '--until-broken']
      : ['node_modules/vitest/vitest.mjs', 'run', `--project=${notice.project}`, notice.test];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: tree, timeout: limitMs, maxBuffer: 256 * 1024 * 1024 }, (error) =>
      resolve(error === null ? 'passed' : error.killed === true ? 'not done in time' : 'failed'),
    );
  });
}
