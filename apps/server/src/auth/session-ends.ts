import type { Runtime } from '@perdure/runtime';

const topic = 'session-ends';

/** Tells what is open in a session (sockets, streams), in every process, that the session has ended. */
export class SessionEnds {
  readonly #carrier: Pick<Runtime, 'tellOthers'>;
  readonly #listeners = new Set<(sessionIds: readonly string[]) => void>();
  readonly #stopHearing: () => void;

  constructor(carrier: Pick<Runtime, 'tellOthers' | 'onTold'>) {
    this.#carrier = carrier;
    this.#stopHearing = carrier.onTold(topic, (data) => {
      if (Array.isArray(data)) this.#tell(data.filter((id) => typeof id === 'string'));
    });
  }

  /** Call after the commit that ended them. */
  ended(sessionIds: readonly string[]): void {
    if (sessionIds.length === 0) return;
    this.#tell(sessionIds);
    this.#carrier.tellOthers(topic, [...sessionIds]);
  }

  onEnded(listener: (sessionIds: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#stopHearing();
  }

  #tell(sessionIds: readonly string[]): void {
    for (const listener of this.#listeners) listener(sessionIds);
  }
}
