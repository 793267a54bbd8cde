import { instanceId, type InstanceId } from '@perdure/engine';
import { describe, expect, it } from 'vitest';
import { eventually } from '@perdure/testing';
import { raised } from '../postgres/commit-item-fixture.ts';
import type { Hint, HotInstance, HotStore, HotUpdate } from './hot-store.ts';

/** What every hot store keeps, by the ids of `HotStore`. `open` gives one more handle on the same store, as another process would have. */
export function hotStoreContract(open: () => Promise<HotStore>): void {
  const update = (id: InstanceId, baseSeq: number, seq: number, rest: Partial<HotUpdate> = {}): HotUpdate => ({
    instanceId: id,
    baseSeq,
    seq,
    events: Array.from({ length: seq - baseSeq }, (_, i) => raised(baseSeq + i + 1, null)),
    checkpoint: null,
    final: false,
    ...rest,
  });

  describe('hot store contract', () => {
    it('H1 gives the seq and the whole tail of what was saved, and nothing of an unknown instance', async () => {
      const store = await open();
      const id = instanceId('h1-tail');
      await store.save([update(id, 0, 3), update(instanceId('h1-other'), 0, 1)]);
      await store.save([update(id, 3, 4)]);
      await store.save([update(id, 4, 9)]);
      const found = await store.load([id, instanceId('h1-unknown')]);
      expect([...found.keys()]).toEqual([id]);
      expect(seqsOf(found.get(id))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(found.get(id)).toMatchObject({ seq: 9, checkpoint: null });
    });

    it('H1 a checkpoint replaces the tail before it, and the tail grows on from there', async () => {
      const store = await open();
      const id = instanceId('h1-checkpoint');
      const checkpoint = JSON.stringify({ text: 'quotes " backslash \\ newline \n snow ☃ 𝄞' });
      await store.save([update(id, 0, 3)]);
      await store.save([update(id, 3, 5, { checkpoint })]);
      expect(await only(store, id)).toEqual({ seq: 5, checkpoint, tail: [] });
      await store.save([update(id, 5, 6)]);
      const found = await only(store, id);
      expect(found).toMatchObject({ seq: 6, checkpoint });
      expect(seqsOf(found)).toEqual([6]);
    });

    it('H1 a checkpoint makes a forgotten instance known again', async () => {
      const store = await open();
      const id = instanceId('h1-again');
      await store.save([update(id, 7, 9, { checkpoint: '{}' })]);
      expect(await only(store, id)).toEqual({ seq: 9, checkpoint: '{}', tail: [] });
    });

    it('H1 a first save (base 0) replaces whatever an earlier execution of the same id left', async () => {
      const store = await open();
      const id = instanceId('h1-restart');
      await store.save([update(id, 0, 5), update(instanceId('h1-neighbour'), 0, 2)]);
      await store.save([update(id, 5, 6, { checkpoint: '"old"' })]);
      await store.save([update(id, 0, 2)]);
      const found = await only(store, id);
      expect(found).toMatchObject({ seq: 2, checkpoint: null });
      expect(seqsOf(found)).toEqual([1, 2]);
    });

    it.each([
      ['skips a seq', 0, 3, 5, 6],
      ['repeats one', 0, 3, 2, 3],
    ])('H2 forgets an instance whose next save %s', async (name, firstBase, firstSeq, base, seq) => {
      const store = await open();
      const id = instanceId(`h2-${name}`);
      await store.save([update(id, firstBase, firstSeq)]);
      await store.save([update(id, base, seq)]);
      expect(await only(store, id)).toBeUndefined();
      await store.save([update(id, seq, seq + 1)]);
      expect(await only(store, id)).toBeUndefined();
    });

    it('H2 a gap of one instance leaves the others of the batch alone', async () => {
      const store = await open();
      const [first, gap, last] = [instanceId('h2-first'), instanceId('h2-gap'), instanceId('h2-last')];
      await store.save([update(first, 0, 1), update(gap, 0, 1), update(last, 0, 1)]);
      await store.save([update(first, 1, 2), update(gap, 5, 6), update(last, 1, 2)]);
      const found = await store.load([first, gap, last]);
      expect([...found].map(([id, { seq }]) => [id, seq])).toEqual([
        [first, 2],
        [last, 2],
      ]);
    });

    it('a finished instance leaves the store, and `forget` removes one', async () => {
      const store = await open();
      const [ended, forgotten] = [instanceId('final'), instanceId('forgotten')];
      await store.save([update(ended, 0, 2), update(forgotten, 0, 2)]);
      await store.save([update(ended, 2, 3, { final: true })]);
      await store.forget([forgotten]);
      expect((await store.load([ended, forgotten])).size).toBe(0);
    });

    it('what `load` gave does not change with later saves', async () => {
      const store = await open();
      const id = instanceId('copy');
      await store.save([update(id, 0, 1)]);
      const before = await only(store, id);
      await store.save([update(id, 1, 2)]);
      expect(seqsOf(before)).toEqual([1]);
    });

    it('gives the events behind a seq, also from amid a turn, and none that it does not have', async () => {
      const store = await open();
      const id = instanceId('tail-after');
      await store.save([update(id, 0, 3)]);
      await store.save([update(id, 3, 4)]);
      await store.save([update(id, 4, 6, { checkpoint: '{}' })]);
      await store.save([update(id, 6, 9)]);
      const after = async (seq: number) => (await store.tailAfter(id, seq))?.map((event) => event.seq);
      expect(await after(6)).toEqual([7, 8, 9]);
      expect(await after(7)).toEqual([8, 9]);
      expect(await after(9)).toBeUndefined();
      expect([undefined, [5, 6, 7, 8, 9]]).toContainEqual(await after(4));
      expect(await store.tailAfter(instanceId('tail-unknown'), 0)).toBeNull();
    });

    it('carries ids and events of any text', async () => {
      const store = await open();
      const id = instanceId('Größe {x}:"1"\\ ☃');
      const event = raised(1, '\\u0000 " \' $ { } \n');
      await store.save([update(id, 0, 1, { events: [event] })]);
      expect(JSON.parse((await only(store, id))?.tail[0] ?? '')).toEqual([event]);
    });

    it('never hears its own hints', async () => {
      const store = await open();
      const heard: Hint[] = [];
      store.onHint((hint) => heard.push(hint));
      store.hint({ type: 'published', workflow: 'own' });
      // Whatever would come back has come back once a save and a load on the same store have.
      await store.save([update(instanceId('own-hint'), 0, 1)]);
      await only(store, instanceId('own-hint'));
      expect(heard).toEqual([]);
    });

    it('answers for empty lists', async () => {
      const store = await open();
      await store.save([]);
      await store.forget([]);
      expect((await store.load([])).size).toBe(0);
    });
  });
}

async function only(store: HotStore, id: InstanceId): Promise<HotInstance | undefined> {
  return (await store.load([id])).get(id);
}

function seqsOf(instance: HotInstance | undefined): number[] {
  return (instance?.tail ?? []).flatMap((text) => (JSON.parse(text) as { seq: number }[]).map(({ seq }) => seq));
}

/** Waits until a store reaches its server. */
export async function untilAvailable(store: HotStore): Promise<void> {
  await eventually('the hot store is there', () => store.available() || undefined);
}
