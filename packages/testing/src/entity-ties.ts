/**
 * I9 between instances: who waits for an entity is known to it or has a message on its way, and no entity is held by, or kept waiting for,
 * somebody who is not there. Knows only what it is told: give it every instance, every entity and every message, then ask what is broken.
 */
import { isFinal, type EntityState, type InstanceState } from '@perdure/engine';

export class EntityTies {
  /** Locks that open critical sections hold or wait for. */
  readonly #sections = new Map<string, { owner: string; held: boolean; entities: readonly string[] }>();
  /** Requests whose answer an open step waits for. */
  readonly #calls = new Map<string, string>();
  readonly #heldBy = new Map<string, { lock: string }>();
  readonly #queuedLocks = new Map<string, string>();
  readonly #queuedRequests = new Set<string>();
  readonly #travelling = new Set<string>();

  instance(state: InstanceState): void {
    if (isFinal(state.status)) return;
    for (const step of state.steps.values()) {
      if (step.kind === 'entityCall') this.#calls.set(step.request, `${state.instanceId}: ${step.key}`);
      else if (step.kind === 'container' && step.container.type === 'scope' && step.container.lock) {
        const { id, held, entities } = step.container.lock;
        this.#sections.set(id, { owner: `${state.instanceId}: ${step.key}`, held, entities });
      }
    }
  }

  entity(state: EntityState): void {
    if (isFinal(state.status)) return;
    if (state.lock !== null) this.#heldBy.set(state.instanceId, { lock: state.lock.id });
    for (const queued of state.queue)
      if (queued.kind === 'lock') this.#queuedLocks.set(queued.lock.id, state.instanceId);
      else this.#queuedRequests.add(queued.request.id);
  }

  /** A message on its way that speaks of a lock, a request, or neither. */
  message(lock: string | null, request: string | null): void {
    for (const id of [lock, request]) if (id !== null) this.#travelling.add(id);
  }

  *broken(): Iterable<string> {
    for (const [entity, { lock }] of this.#heldBy)
      if (!this.#moves(lock) && !this.#sections.has(lock)) yield `${entity} is held by ${lock}, which there is not`;
    for (const [lock, entity] of this.#queuedLocks)
      if (!this.#sections.has(lock) && !this.#travelling.has(lock)) yield `${entity} keeps ${lock} waiting, which there is not`;
    for (const [lock, { owner, held, entities }] of this.#sections) {
      if (!held && !this.#moves(lock)) yield `${owner} waits for its entities, and nothing is on its way`;
      for (const entity of held ? entities : [])
        if (this.#heldBy.get(entity)?.lock !== lock) yield `${owner} is in its critical section and does not hold ${entity}`;
    }
    for (const [request, step] of this.#calls)
      if (!this.#queuedRequests.has(request) && !this.#travelling.has(request))
        yield `${step} waits for the answer to ${request}, which nobody has`;
  }

  /** A message about it, or an entity it waits for, will move it on. */
  #moves(lock: string): boolean {
    return this.#travelling.has(lock) || this.#queuedLocks.has(lock);
  }
}
