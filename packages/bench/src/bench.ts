/**
 * `pnpm bench [name…] [--json]`: the product's own path on a real Postgres (fsync on) and Redis of its own.
 * Prints a table; with --json, one JSON object as the last line, keyed by bench, then figure.
 */
import { startEnvironment, type BenchEnvironment } from './environment.ts';
import { events } from './events.ts';
import { fanout1000 } from './fanout.ts';
import { hello5 } from './hello5.ts';
import { sleepers } from './sleepers.ts';

type Figures = Record<string, number>;

const benches: Readonly<Record<string, (environment: BenchEnvironment) => Promise<Figures>>> = { hello5, fanout1000, sleepers, events };

const names = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

const environment = await startEnvironment();
const results: Record<string, Figures> = {};
try {
  for (const [name, run] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    results[name] = await run(environment);
    for (const [figure, value] of Object.entries(results[name]))
      console.log(`${name.padEnd(12)} ${figure.padEnd(20)} ${shown(value).padStart(12)}`);
  }
} finally {
  await environment.stop();
}
if (process.argv.includes('--json')) console.log(JSON.stringify(results));

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);
}
