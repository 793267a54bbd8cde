/** One bench in a process of its own: is told which, where and which of its parts, sends the figures, ends. */
import { once } from 'node:events';
import { runs } from './benches.ts';
import { openEnvironment, type ServerAddresses } from './environment.ts';

// Sent by bench.ts.
const [{ name, addresses, parts }] = (await once(process, 'message')) as [{ name: string; addresses: ServerAddresses; parts: string[] }];
const run = runs[name];
if (run === undefined) throw new Error(`There is no bench ${name}.`);
const figures = await run(openEnvironment(addresses), parts);
process.send?.(figures);
process.disconnect();
