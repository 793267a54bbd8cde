import type { Json } from '@perdure/graph';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PresenceBoard } from './presence-board.ts';

/** Carries what one process tells to all others, at once. */
function carrier() {
  const processes = new Set<Set<(data: Json) => void>>();
  return {
    process() {
      const own = new Set<(data: Json) => void>();
      processes.add(own);
      return {
        tellOthers(_topic: string, data: Json) {
          if (!processes.has(own)) return;
          for (const other of processes) if (other !== own) for (const listener of other) listener(data);
        },
        onTold(_topic: string, listener: (data: Json) => void) {
          own.add(listener);
          return () => void own.delete(listener);
        },
        /** As when it is killed: it neither hears nor tells, and says no farewell. */
        die: () => processes.delete(own),
      };
    },
    shout(data: Json) {
      for (const process of processes) for (const listener of process) listener(data);
    },
  };
}

const aiko = { visit: 'aiko:1', userId: 'aiko', name: 'Aiko Tanaka', edits: true, node: null };
const tomas = { visit: 'tomas:1', userId: 'tomas', name: 'Tomás Ribeiro', edits: false, node: 'quote' };
const names = (board: PresenceBoard, workflow = 'orders') => board.present(workflow).map(({ name }) => name);

afterEach(() => void vi.useRealTimers());

describe('within one process', () => {
  test('who enters is there until they leave, and those who watch are told', () => {
    const board = new PresenceBoard(carrier().process());
    let told = 0;
    const stop = board.watch('orders', () => (told += 1));
    const leave = board.enter('orders', aiko);
    expect(names(board)).toEqual(['Aiko Tanaka']);
    expect(names(board, 'other')).toEqual([]);
    leave();
    expect(names(board)).toEqual([]);
    expect(told).toBe(2);
    stop();
    board.enter('orders', aiko);
    expect(told).toBe(2);
    board.close();
  });

  test('a page that enters anew before it leaves keeps its moment, and is where it is now', () => {
    const board = new PresenceBoard(carrier().process());
    const leave = board.enter('orders', aiko);
    const [first] = board.present('orders');
    board.enter('orders', { ...aiko, node: 'quote' });
    leave();
    expect(board.present('orders')).toEqual([{ ...first, node: 'quote' }]);
    board.close();
  });
});

describe('between processes', () => {
  test('each sees whom the other has, also who was there before it began', () => {
    const { process } = carrier();
    const one = new PresenceBoard(process());
    one.enter('orders', aiko);
    const two = new PresenceBoard(process());
    expect(names(two)).toEqual(['Aiko Tanaka']);
    let told = 0;
    one.watch('orders', () => (told += 1));
    const leave = two.enter('orders', tomas);
    expect(names(one).sort()).toEqual(['Aiko Tanaka', 'Tomás Ribeiro']);
    leave();
    expect(names(one)).toEqual(['Aiko Tanaka']);
    expect(told).toBe(2);
    one.close();
    expect(names(two)).toEqual([]);
    two.close();
  });

  test('whoever was in a process that vanished is gone after a while', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
    const { process } = carrier();
    const doomed = process();
    const one = new PresenceBoard(doomed);
    const two = new PresenceBoard(process());
    one.enter('orders', aiko);
    vi.advanceTimersByTime(60_000);
    expect(names(two)).toEqual(['Aiko Tanaka']);
    let told = 0;
    two.watch('orders', () => (told += 1));
    doomed.die();
    vi.advanceTimersByTime(20_000);
    expect(names(two)).toEqual([]);
    expect(told).toBe(1);
    one.close();
    two.close();
  });

  test('what is not a message of ours changes nothing', () => {
    const { process, shout } = carrier();
    const board = new PresenceBoard(process());
    board.enter('orders', aiko);
    for (const data of [null, 'x', [], { process: 'x' }, { process: crypto.randomUUID(), people: [{ workflow: 'orders', people: [{}] }] }])
      shout(data);
    expect(names(board)).toEqual(['Aiko Tanaka']);
    board.close();
  });
});
