/** The simulated database's rows of human tasks, as far as their invariants are about them. */
import type { InstanceId } from '@perdure/engine';
import type { ClosedTask, CommitItem, OpenedTask, TaskChange } from '@perdure/runtime';
import type { TaskRow } from '../check-rows.ts';

export class SimulatedTasks {
  readonly #rows = new Map<string, TaskRow>();

  get size(): number {
    return this.#rows.size;
  }

  all(): readonly TaskRow[] {
    return [...this.#rows.values()];
  }

  ofInstance(id: InstanceId): TaskRow[] {
    return [...this.#rows.values()].filter((task) => task.instance_id === id);
  }

  /** What a commit says of them. */
  store({ instanceId, tasksChanged, tasksClosed, tasksOpened }: CommitItem): void {
    for (const { id, ...change } of tasksChanged) this.#change(id, change);
    for (const closed of tasksClosed) this.#close(closed);
    for (const opened of tasksOpened) this.#open(instanceId, opened);
  }

  purge(id: InstanceId): void {
    for (const task of this.ofInstance(id)) this.#rows.delete(task.id);
  }

  #open(instanceId: InstanceId, { id, node, version, change, closed }: OpenedTask): void {
    const { holder_ids, voter_ids } = this.#rows.get(id) ?? { holder_ids: [], voter_ids: [] };
    this.#rows.set(id, {
      id,
      instance_id: instanceId,
      node,
      version,
      status: 'open',
      outcome: null,
      decided_by: null,
      holder_ids,
      voter_ids,
    });
    this.#change(id, change);
    if (closed !== null) this.#close(closed);
  }

  #close({ id, status, outcome, by, change }: ClosedTask): void {
    const task = this.#rows.get(id);
    if (task === undefined) return;
    task.status = status;
    task.outcome = outcome;
    task.decided_by = by;
    this.#change(id, change);
  }

  #change(id: string, change: TaskChange | null): void {
    const task = this.#rows.get(id);
    if (task === undefined || change === null) return;
    task.node = change.node;
    task.version = change.version;
    task.holder_ids = change.holders.map(({ by }) => by);
    task.voter_ids = change.votes.map(({ by }) => by);
  }
}
