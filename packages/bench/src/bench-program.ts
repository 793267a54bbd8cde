/** One bench in a process of its own: is told which and where, sends the figures, ends. */
import { once } from 'node:events';
import { runs } from './benches.ts';
import { openEnvironment, type ServerAddresses } from './environment.ts';

// Sent by bench.ts.
const [{ name, addresses }] = (await once(process, 'message')) as [{ name: string; addresses: ServerAddresses }];
const run = runs[name];
if (run === undefined) throw new Error(`There is no bench ${name}.`);
const figures = await run(openEnvironment(addresses));
process.send?.(figures);
process.disconnect();
