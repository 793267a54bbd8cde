/** How often the simulated database knows an attempt of an activity to have been begun (K1, K2 of `Claims`), as count-claims.sql does. */
import { instanceId, type InstanceId } from '@perdure/engine';
import type { ClaimCount, Finder, UnfinishedAttempt } from '@perdure/runtime';

export class SimulatedClaims {
  readonly #isHeld: (partition: { partition: number; epoch: number }) => boolean;
  /** How often each was begun, and what the last who began it is known by. */
  readonly #claims = new Map<string, { claims: number; mark: string }>();

  /** @param isHeld whether a partition is owned under this epoch */
  constructor(isHeld: (partition: { partition: number; epoch: number }) => boolean) {
    this.#isHeld = isHeld;
  }

  get size(): number {
    return this.#claims.size;
  }

  count(attempt: UnfinishedAttempt, most: number): ClaimCount {
    const { finder } = attempt;
    const isOwner = finder.type === 'owner';
    if (isOwner && !this.#isHeld(finder)) return 'lost-partition';
    const mark = isOwner ? `epoch ${finder.epoch}` : finder.id;
    const key = keyOf(attempt);
    const known = this.#claims.get(key);
    if (known === undefined && isOwner && !finder.vanished) return { claims: 1, counted: true };
    if (known !== undefined && (known.mark === mark || known.claims >= most)) return { claims: known.claims, counted: known.mark === mark };
    const claims = known === undefined ? 2 : known.claims + (counts(known.mark, finder) ? 1 : 0);
    this.#claims.set(key, { claims, mark });
    return { claims, counted: true };
  }

  markDied(attempt: UnfinishedAttempt): void {
    if (attempt.finder.type === 'owner' && !this.#isHeld(attempt.finder)) return;
    const key = keyOf(attempt);
    this.#claims.set(key, { claims: this.#claims.get(key)?.claims ?? 1, mark: 'died' });
  }

  /** Forgets those of executions that go on no more. */
  sweep(goesOn: (id: InstanceId, execution: string) => boolean): void {
    for (const key of this.#claims.keys()) {
      const [id = '', execution = ''] = key.split('\n');
      if (!goesOn(instanceId(id), execution)) this.#claims.delete(key);
    }
  }

  purge(id: InstanceId): void {
    for (const key of this.#claims.keys()) if (key.startsWith(`${id}\n`)) this.#claims.delete(key);
  }
}

function keyOf({ instanceId: id, executionId: execution, step, attempt, releases }: UnfinishedAttempt): string {
  return [id, execution, step, attempt, releases].join('\n');
}

/** Whether finding what bears this mark is one more claim (count-claims.sql). */
function counts(mark: string, finder: Finder): boolean {
  if (finder.type === 'delivery' || mark === 'died') return true;
  return mark.startsWith('epoch ') ? Number(mark.slice('epoch '.length)) < finder.knownFrom : finder.vanished;
}
