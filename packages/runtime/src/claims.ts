/**
 * Counts how often an attempt of an activity was begun, and says when it was often enough.
 *
 * K1 the commit that schedules an attempt is claim one and costs no row; a takeover that finds it unfinished, and a named queue that delivers it
 *    a second time, count one more each before it is begun again;
 * K2 what a takeover finds is counted together, up to `suspectFrom`; from there on each attempt is begun alone and counted when its turn has
 *    come, so that nothing is held for having run beside the one that ended the worker; if its turn comes only under the next owner, that one
 *    counts it, however it got the partition;
 * K4 what was begun in a cell that died is marked at once, and counts when it is begun again, whoever does that;
 * K3 who has lost the partition counts nothing and begins nothing; who gave it up because its leases had run out, and got it back before anybody
 *    else, counts what it had not come to finding, and nothing twice.
 */
import type { InstanceId, StepKey } from '@perdure/engine';
import type { ActivityJob } from './activity-runner.ts';
import type { Decider } from './ports/decider.ts';
import type { ClaimCount, DurableStore, Finder, Ownership, StoredInstance, UnfinishedAttempt } from './ports/durable-store.ts';

const suspectFrom = 3;

/** An instance on its way into memory, with what was known of its partition when it was read. */
export interface Arrival {
  instance: StoredInstance;
  decider: Decider;
  /** Undefined: it was not this worker's. */
  ownership: Ownership | undefined;
}

/**
 * What is to be done with an unfinished attempt. `runSuspect`: `claims` have been counted, with this one, so it was in flight when a worker
 * vanished. `hold`: it has had so many without an outcome. `leave`: another worker has it.
 */
export type Verdict =
  | { type: 'run' }
  | { type: 'runSuspect'; claims: number }
  | { type: 'runAlone' }
  | { type: 'hold'; claims: number }
  | { type: 'leave' };

type Begun = Pick<ActivityJob, 'instanceId' | 'executionId' | 'step' | 'attempt' | 'releases'>;

export class Claims {
  readonly #store: Pick<DurableStore, 'countClaims' | 'markDied'>;
  readonly #limit: number;

  /** @param limit claims without an outcome after which an attempt is held */
  constructor(store: Pick<DurableStore, 'countClaims' | 'markDied'>, limit: number) {
    this.#store = store;
    this.#limit = limit;
  }

  /** The verdicts that are not `run`. Activities of named queues are left to whoever takes them from there, unless there are no queues. */
  async ofArrivals(arrivals: readonly Arrival[], withQueues: boolean): Promise<Map<InstanceId, Map<StepKey, Verdict>>> {
    const verdicts = new Map<InstanceId, Map<StepKey, Verdict>>();
    const found = arrivals.flatMap((arrival) => unfinished(arrival, withQueues));
    if (found.length === 0) return verdicts;
    const counts = await this.#store.countClaims(found, suspectFrom);
    found.forEach(({ instanceId, step }, i) => {
      const verdict = this.#verdict(counts[i], true);
      if (verdict.type === 'run') return;
      const own = verdicts.get(instanceId);
      if (own === undefined) verdicts.set(instanceId, new Map([[step, verdict]]));
      else own.set(step, verdict);
    });
    return verdicts;
  }

  /** Of one that is begun alone, right before that. */
  async again({ instanceId, executionId, step, attempt, releases }: Begun, finder: Finder): Promise<Verdict> {
    const [count] = await this.#store.countClaims([{ instanceId, executionId, step, attempt, releases, finder }], this.#limit + 1);
    return this.#verdict(count, false);
  }

  /** [K4] */
  died({ instanceId, executionId, step, attempt, releases }: Begun, finder: Finder): Promise<void> {
    return this.#store.markDied({ instanceId, executionId, step, attempt, releases, finder });
  }

  #verdict(count: ClaimCount | undefined, aloneIfSuspect: boolean): Verdict {
    if (count === undefined || count === 'lost-partition') return { type: 'leave' };
    // With the one that is about to come.
    if (count.claims > this.#limit) return { type: 'hold', claims: count.claims - 1 };
    if (aloneIfSuspect && !count.counted) return { type: 'runAlone' };
    return count.claims === 1 ? { type: 'run' } : { type: 'runSuspect', claims: count.claims };
  }
}

function unfinished({ instance, decider, ownership }: Arrival, withQueues: boolean): UnfinishedAttempt[] {
  if (ownership === undefined || decider.runningActivities === 0) return [];
  const finder: Finder = { type: 'owner', partition: instance.partition, ...ownership };
  return decider.openActivities().flatMap((step) => {
    const activity = decider.activity(step);
    if (activity === null || (withQueues && activity.queue !== null)) return [];
    const { attempt, releases } = activity;
    return [{ instanceId: instance.id, executionId: decider.executionId, step, attempt, releases, finder }];
  });
}
