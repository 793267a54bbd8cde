import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { HistoryEvent } from '@perdure/engine';
import type { NodeId } from '@perdure/graph';
import type { ShownStatus } from '@perdure/server/contract';
import { client } from '../api/trpc.ts';
import { createRunStore, type RunStore } from '../canvas/run-store.ts';
import { StepFold } from './fold-steps.ts';

/**
 * One instance's history, live: the events themselves, and what the page folds from them.
 * The subscription resumes by seq after a lost connection (the WebSocket link sends the last id it saw),
 * and both folds pass over what they know already.
 */
export class InstanceRun {
  readonly events: HistoryEvent[] = [];
  readonly steps: StepFold;
  readonly canvas: RunStore = createRunStore();
  status: ShownStatus | null = null;
  #revision = 0;
  #drawing = false;
  readonly #listeners = new Set<() => void>();

  readonly id: string;

  constructor(id: string, startNode: NodeId | null) {
    this.id = id;
    this.steps = new StepFold(startNode);
  }

  push(events: readonly HistoryEvent[], status: ShownStatus): void {
    const seen = this.events.at(-1)?.seq ?? 0;
    for (const event of events) if (event.seq > seen) this.events.push(event);
    this.steps.apply(events);
    this.canvas.push(events);
    this.status = status;
    // A storm of events is drawn once per frame.
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#revision++;
      for (const listener of this.#listeners) listener();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly revision = (): number => this.#revision;
}

/** `onChange` is told of every batch: what is not folded here (facts, tasks) can be fetched again. */
export function useInstanceRun(id: string, startNode: NodeId | null, onChange: () => void): InstanceRun {
  const run = useMemo(() => new InstanceRun(id, startNode), [id, startNode]);
  // The folds change in place; the revision makes whoever uses them draw again.
  useSyncExternalStore(run.subscribe, run.revision);
  useEffect(() => {
    const subscription = client.instances.watch.subscribe(
      { id },
      {
        onData: ({ data }) => {
          run.push(data.events, data.status);
          onChange();
        },
      },
    );
    return () => subscription.unsubscribe();
  }, [id, run, onChange]);
  return run;
}
