/** A process of its own for simulations, which own its clock: seeds by argument, one line of JSON per seed. `--log` adds what happened. */
import { simulate } from '@perdure/testing';

const [prefix = '', first = '', last = '', log] = process.argv.slice(2);
// With no range the prefix is the seed itself.
const seeds =
  first === '' ? [prefix] : Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => `${prefix}.${Number(first) + i}`);
for (const seed of seeds) {
  const { log: lines, ...result } = await simulate(seed, log === '--log');
  process.stdout.write(`${JSON.stringify(log === '--log' ? { ...result, lines } : result)}\n`);
}
