/**
 * A process of its own for simulations, which own its clock: seeds by argument, one line of JSON per seed. `--log` adds what happened;
 * `--until-broken` ends with 1 at the first seed that breaks something.
 */
import { simulate } from '@perdure/testing';

const [prefix = '', first = '', last = '', option] = process.argv.slice(2);
const withLog = option === '--log';
// With no range the prefix is the seed itself.
const seeds =
  first === '' ? [prefix] : Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => `${prefix}.${Number(first) + i}`);
for (const seed of seeds) {
  const { log: lines, ...result } = await simulate(seed, withLog);
  process.stdout.write(`${JSON.stringify(withLog ? { ...result, lines } : result)}\n`);
  if (option !== '--until-broken' || result.problems.length === 0) continue;
  process.exitCode = 1;
  break;
}
