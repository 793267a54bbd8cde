import { instanceId } from '@perdure/engine';
import { eventually } from '@perdure/testing';
import { describe, expect, it } from 'vitest';
import { LocalHotStore } from './local/local-hot-store.ts';
import { hotStoreContract } from './ports/hot-store-contract.ts';
import type { Hint, HotUpdate } from './ports/hot-store.ts';
import { raised } from './postgres/commit-item-fixture.ts';
import { WriteBehindHotStore } from './write-behind-hot-store.ts';

const id = instanceId('a');

function turn(baseSeq: number, seq: number, rest: Partial<HotUpdate> = {}): HotUpdate {
  const events = Array.from({ length: seq - baseSeq }, (_, i) => raised(baseSeq + i + 1, null));
  return { instanceId: id, baseSeq, seq, events, checkpoint: null, final: false, ...rest };
}

/** What reaches the store behind, as [base, seq, what]. */
class Recording extends LocalHotStore {
  readonly saved: [number, number, string][] = [];

  readonly hints: Hint[] = [];

  override hint(hint: Hint): void {
    this.hints.push(hint);
  }

  override async save(updates: readonly HotUpdate[]): Promise<void> {
    for (const { baseSeq, seq, events, checkpoint, final } of updates)
      this.saved.push([baseSeq, seq, final ? 'final' : (checkpoint ?? `${events.length} events`)]);
    await super.save(updates);
  }
}

function open(): { behind: Recording; store: WriteBehindHotStore } {
  const behind = new Recording();
  return { behind, store: new WriteBehindHotStore(behind) };
}

describe('WriteBehindHotStore', () => {
  hotStoreContract(async () => new WriteBehindHotStore(new LocalHotStore()));

  it('B1 writes turns that follow each other as one, by itself after a while', async () => {
    const { behind, store } = open();
    await store.save([turn(0, 2)]);
    await store.save([turn(2, 4), { ...turn(0, 1), instanceId: instanceId('b') }]);
    expect(behind.saved).toEqual([]);
    await eventually('it is written', () => behind.saved.length === 2 || undefined);
    expect(behind.saved).toEqual([
      [0, 4, '4 events'],
      [0, 1, '1 events'],
    ]);
    await store.close();
  });

  it('B1 writes nothing of an instance that began and ended meanwhile, and the end of one that began before', async () => {
    const { behind, store } = open();
    await store.save([turn(0, 2)]);
    await store.save([turn(2, 3, { final: true })]);
    await store.flush();
    expect(behind.saved).toEqual([]);
    await store.save([turn(0, 2)]);
    await store.flush();
    await store.save([turn(2, 3, { final: true })]);
    await store.save([turn(0, 5)]);
    await store.save([turn(5, 6, { final: true })]);
    await store.flush();
    expect(behind.saved).toEqual([
      [0, 2, '2 events'],
      [5, 6, 'final'],
    ]);
    expect(await behind.load([id])).toEqual(new Map());
  });

  it('B1 a checkpoint takes the place of what came before it, and turns after it follow', async () => {
    const { behind, store } = open();
    await store.save([turn(0, 2)]);
    await store.save([turn(2, 5, { checkpoint: '"five"' })]);
    await store.save([turn(5, 6)]);
    await store.save([turn(6, 8)]);
    await store.flush();
    expect(behind.saved).toEqual([
      [2, 5, '"five"'],
      [5, 8, '3 events'],
    ]);
  });

  it('B1 the end of an instance that another owner had meanwhile is written', async () => {
    const { behind, store } = open();
    await store.save([turn(0, 2)]);
    await store.save([turn(4, 5)]);
    await store.save([turn(5, 6, { final: true })]);
    await store.flush();
    expect(behind.saved).toEqual([[5, 6, 'final']]);
  });

  it('B2 reads what is held back', async () => {
    const { behind, store } = open();
    await store.save([turn(0, 2)]);
    expect((await store.tailAfter(id, 1))?.map(({ seq }) => seq)).toEqual([2]);
    expect(behind.saved).toEqual([]);
    expect((await store.load([id])).get(id)?.seq).toBe(2);
    await store.save([turn(2, 3)]);
    expect((await store.tailAfter(id, 1))?.map(({ seq }) => seq)).toEqual([2, 3]);
    await store.save([turn(3, 4)]);
    await store.forget([id]);
    await store.flush();
    expect((await store.load([id])).size).toBe(0);
  });

  it('B3 tells of new events together, the last seq of each instance, and of all else at once', async () => {
    const { behind, store } = open();
    store.hint({
      type: 'events',
      instances: [
        ['a', 1],
        ['b', 1],
      ],
      tasks: true,
    });
    store.hint({ type: 'events', instances: [['a', 3]], tasks: false });
    store.hint({ type: 'mail', partitions: [4] });
    expect(behind.hints).toEqual([{ type: 'mail', partitions: [4] }]);
    await eventually('the others are told', () => behind.hints.length === 2 || undefined);
    store.hint({ type: 'events', instances: [['a', 4]], tasks: false });
    await store.close();
    expect(behind.hints.slice(1)).toEqual([
      {
        type: 'events',
        instances: [
          ['a', 3],
          ['b', 1],
        ],
        tasks: true,
      },
      { type: 'events', instances: [['a', 4]], tasks: false },
    ]);
  });

  it('closing writes what is held back', async () => {
    const { behind, store } = open();
    await store.save([turn(0, 2)]);
    await store.close();
    expect(behind.saved).toEqual([[0, 2, '2 events']]);
  });
});
