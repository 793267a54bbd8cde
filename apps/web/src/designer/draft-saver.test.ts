import type { SaveDraftResult } from '@perdure/server/contract';
import type { WorkflowDocument } from '@perdure/graph';
import { describe, expect, test } from 'vitest';
import { DraftSaver, type DraftStatus } from './draft-saver.ts';

const draft = (name: string): WorkflowDocument => ({ formatVersion: 1, nodes: [], edges: [], name }) as WorkflowDocument & { name: string };

/** A server, a browser's storage and a clock, all by hand. */
function bench() {
  const saves: { base: number; document: WorkflowDocument; force: boolean; answer(result: SaveDraftResult | Error): Promise<void> }[] = [];
  const timers = new Map<number, { callback: () => void; ms: number }>();
  const statuses: DraftStatus[] = [];
  let kept: { document: WorkflowDocument; baseRevision: number; base: WorkflowDocument | null } | null = null;
  let nextTimer = 1;
  const saver = new DraftSaver(
    {
      save: (base, document, force) =>
        new Promise((resolve, reject) => {
          saves.push({
            base,
            document,
            force,
            answer: async (result) => {
              if (result instanceof Error) reject(result);
              else resolve(result);
              for (let i = 0; i < 5; i += 1) await Promise.resolve();
            },
          });
        }),
      explain: (error) => ({ transient: (error as Error).message === 'line', reason: (error as Error).message }),
      keep: (local) => {
        kept = local;
      },
      onStatus: (status) => statuses.push(status),
      setTimer: (callback, ms) => {
        timers.set(nextTimer, { callback, ms });
        return nextTimer++;
      },
      clearTimer: (timer) => timers.delete(timer as number),
    },
    7,
    '2026-01-01T10:00:00Z',
    draft('stored'),
  );
  const tick = (): number[] => {
    const due = [...timers.values()];
    timers.clear();
    for (const { callback } of due) callback();
    return due.map(({ ms }) => ms);
  };
  return { saver, saves, statuses, tick, kept: () => kept };
}

const saved = (draftRevision: number): SaveDraftResult => ({ ok: true, draftRevision, savedAt: '2026-01-01T14:32:00Z' });
const conflict: SaveDraftResult = {
  ok: false,
  code: 'draft.conflict',
  draftRevision: 9,
  savedAt: '2026-01-01T14:30:00Z',
  savedBy: 'Tomás Ribeiro',
  draft: draft('theirs'),
};

describe('DraftSaver', () => {
  test('changes in quick succession are one save, on the known revision', async () => {
    const { saver, saves, tick, kept } = bench();
    saver.change(draft('a'));
    saver.change(draft('b'));
    expect(saver.status.state).toBe('saving');
    expect(tick()).toEqual([800]);
    expect(saves).toHaveLength(1);
    expect(saves[0]).toMatchObject({ base: 7, document: draft('b'), force: false });
    expect(kept()).toEqual({ document: draft('b'), baseRevision: 7, base: draft('stored') });
    await saves[0]!.answer(saved(8));
    expect(saver.status).toEqual({ state: 'saved', at: '2026-01-01T14:32:00Z' });
    expect(saver.revision).toBe(8);
    expect(kept()).toBeNull();
  });

  test('2: a change during a save goes with the next one', async () => {
    const { saver, saves, tick, kept } = bench();
    saver.change(draft('a'));
    tick();
    saver.change(draft('b'));
    tick();
    expect(saves).toHaveLength(1);
    await saves[0]!.answer(saved(8));
    expect(saver.hasUnsaved).toBe(true);
    expect(kept()).toEqual({ document: draft('b'), baseRevision: 8, base: draft('a') });
    tick();
    expect(saves[1]).toMatchObject({ base: 8, document: draft('b') });
    await saves[1]!.answer(saved(9));
    expect(saver.hasUnsaved).toBe(false);
  });

  test('1: without a line the draft is kept here and tried again, each time later', async () => {
    const { saver, saves, tick, kept } = bench();
    saver.change(draft('a'));
    tick();
    await saves[0]!.answer(new Error('line'));
    expect(saver.status.state).toBe('offline');
    expect(kept()).toEqual({ document: draft('a'), baseRevision: 7, base: draft('stored') });
    expect(tick()).toEqual([2000]);
    await saves[1]!.answer(new Error('line'));
    expect(tick()).toEqual([4000]);
    await saves[2]!.answer(saved(8));
    expect(saver.status.state).toBe('saved');
    expect(kept()).toBeNull();
  });

  test('coming online saves at once', async () => {
    const { saver, saves, tick } = bench();
    saver.change(draft('a'));
    tick();
    await saves[0]!.answer(new Error('line'));
    saver.online();
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
    expect(saves).toHaveLength(2);
  });

  test('a refusal is shown, and the next change is tried again', async () => {
    const { saver, saves, tick } = bench();
    saver.change(draft('a'));
    tick();
    await saves[0]!.answer(new Error('Your role may not change workflows.'));
    expect(saver.status).toEqual({ state: 'refused', reason: 'Your role may not change workflows.' });
    expect(tick()).toEqual([]);
    saver.change(draft('b'));
    tick();
    expect(saves).toHaveLength(2);
  });

  test('3: a conflict stops saving until a person has chosen', async () => {
    const { saver, saves, tick, kept } = bench();
    saver.change(draft('a'));
    tick();
    await saves[0]!.answer(conflict);
    expect(saver.status.state).toBe('conflict');
    saver.change(draft('b'));
    expect(tick()).toEqual([]);
    await saver.flush();
    expect(saves).toHaveLength(1);
    expect(kept()?.document).toEqual(draft('b'));
  });

  test('mine replaces theirs by force, on their revision', async () => {
    const { saver, saves, tick } = bench();
    saver.change(draft('mine'));
    tick();
    await saves[0]!.answer(conflict);
    void saver.keepMine();
    expect(saves[1]).toMatchObject({ base: 9, document: draft('mine'), force: true });
    await saves[1]!.answer(saved(10));
    expect(saver.status.state).toBe('saved');
    expect(saver.revision).toBe(10);
  });

  test('theirs is taken over and mine is forgotten', async () => {
    const { saver, saves, tick, kept } = bench();
    saver.change(draft('mine'));
    tick();
    await saves[0]!.answer(conflict);
    expect(saver.takeTheirs()).toEqual(draft('theirs'));
    expect(saver.revision).toBe(9);
    expect(saver.hasUnsaved).toBe(false);
    expect(kept()).toBeNull();
  });

  test('a merge goes on top of theirs, without force; whoever saved in between is met again, on theirs as the base', async () => {
    const { saver, saves, tick } = bench();
    saver.change(draft('mine'));
    tick();
    await saves[0]!.answer(conflict);
    expect(saver.base).toEqual(draft('stored'));
    saver.change(draft('merged'));
    void saver.keepMerged();
    expect(saves[1]).toMatchObject({ base: 9, document: draft('merged'), force: false });
    await saves[1]!.answer({ ...conflict, draftRevision: 10 });
    expect(saver.status).toMatchObject({ state: 'conflict', theirs: { draftRevision: 10 } });
    expect(saver.base).toEqual(draft('theirs'));
  });

  test('flush waits for the running save and sends what came after it', async () => {
    const { saver, saves, tick } = bench();
    saver.change(draft('a'));
    tick();
    saver.change(draft('b'));
    const flushed = saver.flush();
    await saves[0]!.answer(saved(8));
    for (let i = 0; i < 10; i += 1) await Promise.resolve();
    expect(saves[1]).toMatchObject({ base: 8, document: draft('b') });
    await saves[1]!.answer(saved(9));
    await flushed;
    expect(saver.hasUnsaved).toBe(false);
  });
});
