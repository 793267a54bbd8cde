/**
 * `pnpm bench [name…] [--json] [--compare] [--only=part,…]`: the product's own path on a real Postgres (fsync on) and Redis of its own.
 * Prints a table; with --json, one JSON object as the last line, keyed by bench, then figure. With --compare, hello5 runs on DBOS and BullMQ, too.
 * With --only, a bench that has parts (monitor) runs these alone.
 *
 * Each bench runs in a process of its own, with this one's Node flags (`node --expose-gc --cpu-prof packages/bench/src/bench.ts hello5` profiles it),
 * and is ended when it takes longer than its limit: the whole run stays under ten minutes on an idle 2-core machine.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { serverNodeFlags } from '@perdure/testing';
import { limitSeconds, type Figures } from './benches.ts';
import { compare } from './compare.ts';
import { startServers, type ServerAddresses } from './environment.ts';

const words = process.argv.slice(2);
const onlyFlag = words.find((word) => word.startsWith('--only='));
const parts = onlyFlag?.slice('--only='.length).split(',') ?? [];
const flags = new Set(words.filter((word) => word.startsWith('--') && word !== onlyFlag));
const asked = words.filter((word) => !word.startsWith('--'));
const wantsCompare = flags.delete('--compare');
const wantsJson = flags.delete('--json');
const unknown = [...asked.filter((name) => !(name in limitSeconds)), ...flags];
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. There are: ${Object.keys(limitSeconds).join(', ')}, --json, --compare, --only=part,….`);
  process.exit(2);
}
if (parts.length > 0 && (asked.length !== 1 || asked[0] !== 'monitor')) {
  console.error('Only monitor has parts: pnpm bench monitor --only=…');
  process.exit(2);
}
/** On a database of its own that takes minutes to fill the first time: only by its name. */
const onlyByName = new Set(['monitor']);
const names = asked.length > 0 ? asked : Object.keys(limitSeconds).filter((name) => !onlyByName.has(name));
if (wantsCompare && !names.includes('hello5')) names.unshift('hello5');

const results: { hello5?: Figures; [name: string]: Figures | undefined } = {};
let failed = false;
for (const name of names) {
  // Servers of its own: what one bench wrote must not be vacuumed or checkpointed at the cost of the next.
  const servers = await startServers();
  try {
    const figures = await runBench(name, servers, (limitSeconds[name] ?? 0) * 1_000);
    for (const [group, own] of grouped(name, figures)) {
      results[group] = own;
      print(group, own);
    }
  } catch (error) {
    failed = true;
    console.error(`${name}: ${(error as Error).message}`);
  } finally {
    await servers.stop();
  }
}
const { hello5 } = results;
if (wantsCompare && hello5 !== undefined) {
  const figures = await compare(hello5);
  results['compare'] = figures;
  print('compare', figures);
}
if (wantsJson) console.log(JSON.stringify(results));
if (failed) process.exitCode = 1;

function runBench(name: string, { adminUrl, postgresPid, redisUrl, redisPid }: ServerAddresses, limitMs: number): Promise<Figures> {
  const program = fork(fileURLToPath(new URL('./bench-program.ts', import.meta.url)), {
    // As the product's own process is started.
    execArgv: [...process.execArgv, ...serverNodeFlags],
  });
  const addresses: ServerAddresses = { adminUrl, postgresPid, redisUrl, redisPid };
  program.send({ name, addresses, parts });
  return new Promise((settle, fail) => {
    let figures: Figures | undefined;
    const limit = setTimeout(() => {
      program.kill('SIGKILL');
      fail(new Error(`it took longer than ${limitMs / 1_000} s and was ended.`));
    }, limitMs);
    program.on('message', (message: Figures) => (figures = message));
    program.once('exit', (code, signal) => {
      clearTimeout(limit);
      if (figures !== undefined && code === 0) settle(figures);
      else fail(new Error(`it ended without figures (${signal ?? `exit code ${code}`}).`));
    });
  });
}

/** A bench of several things names its figures by them: `canvas1000.openMs`. */
function grouped(bench: string, figures: Figures): Map<string, Figures> {
  const groups = new Map<string, Figures>();
  for (const [name, value] of Object.entries(figures)) {
    const [figure = name, group = bench] = name.split('.').toReversed();
    groups.set(group, { ...groups.get(group), [figure]: value });
  }
  return groups;
}

function print(name: string, figures: Figures): void {
  for (const [figure, value] of Object.entries(figures))
    console.log(`${name.padEnd(12)} ${figure.padEnd(26)} ${shown(value).padStart(12)}`);
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : value >= 0.1 || value <= 0 ? 2 : 4);
}
