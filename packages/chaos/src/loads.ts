import type { Load } from './load.ts';
import { chain } from './loads/chain.ts';
import { counter } from './loads/counter.ts';
import { family } from './loads/family.ts';

/** What keeps the scene busy in every drill that wants a mix. */
export const mixedLoads: readonly Load[] = [chain, counter, family];
