import type { Load } from './load.ts';
import { approval } from './loads/approval.ts';
import { bank } from './loads/bank.ts';
import { chain } from './loads/chain.ts';
import { counter } from './loads/counter.ts';
import { event } from './loads/event.ts';
import { family } from './loads/family.ts';
import { mended } from './loads/mended.ts';
import { nap } from './loads/nap.ts';
import { queued } from './loads/queued.ts';
import { tally } from './loads/tally.ts';
import { votes } from './loads/votes.ts';

/** What keeps the scene busy in every drill that wants a mix. */
export const mixedLoads: readonly Load[] = [chain, counter, family, approval, event, nap, bank, tally, votes, mended];

/** With work that goes through Redis. */
export const loadsWithQueues: readonly Load[] = [...mixedLoads, queued];
