import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeathNotice } from './death-notice.ts';
import type { PresenceLook } from './ports/durable-store.ts';

const leaseMs = 5_000;
const lookMs = 200;

/** A worker's own notice, on a database in our hands. Time is, too. */
class Scene {
  /** What the next looks see. */
  peers: Record<string, boolean> = {};
  serverUpMs = 3_600_000;
  canOpen: 'yes' | 'no' | 'pooler' = 'yes';
  canAnswer = true;
  renews = true;
  readonly calls: string[] = [];
  readonly notice: DeathNotice;
  #sessions = 0;
  #end = (): void => {};

  constructor() {
    const done = async (what: string): Promise<void> => {
      if (!this.canAnswer) throw new Error('away');
      this.calls.push(what);
    };
    this.notice = new DeathNotice(
      {
        openPresence: async (_leaseMs, onEnded) => {
          if (this.canOpen === 'pooler') return null;
          if (this.canOpen === 'no' || !this.canAnswer) throw new Error('no connection is left');
          const id = `session-${(this.#sessions += 1)}`;
          let isThere = true;
          this.#end = () => {
            isThere = false;
            onEnded();
          };
          const answer = async <T>(value: T): Promise<T> => {
            if (!isThere || !this.canAnswer) throw new Error('the session has ended');
            return value;
          };
          return {
            id,
            announce: async () => {
              const isTold = await answer(true);
              this.calls.push(`announce ${id}`);
              return isTold;
            },
            look: () =>
              answer<PresenceLook>({
                peers: Object.entries(this.peers).map(([presence, isHeld]) => ({ presence, isHeld })),
                serverUpMs: this.serverUpMs,
              }),
            close: () => done(`close ${id}`).catch(() => undefined),
          };
        },
        withdraw: () => done('withdraw'),
        lapse: (presences) => done(`lapse ${presences.join()}`),
      },
      {
        workerId: 'me',
        leaseMs,
        keepLeases: async () => {
          this.calls.push(this.renews ? 'renew' : 'renewal failed');
          return this.renews;
        },
        onMayBegin: () => this.calls.push('may begin'),
        onTrouble: () => {},
      },
    );
  }

  endSession(): void {
    this.#end();
  }

  /** Each sees what the peers are then. */
  async looks(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await vi.advanceTimersByTimeAsync(lookMs);
  }
}

let scene: Scene;

beforeEach(async () => {
  vi.useFakeTimers();
  scene = new Scene();
  scene.peers = { other: true };
});

afterEach(async () => {
  const stopping = scene.notice.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  await stopping;
  vi.useRealTimers();
});

async function started(): Promise<void> {
  scene.notice.start();
  await vi.advanceTimersByTimeAsync(2);
  expect(scene.calls).toEqual(['announce session-1']);
  scene.calls.length = 0;
}

describe('DeathNotice', () => {
  it('N1 N2 lets the leases run out of whose session was there and is missed twice in a row, and takes what is free', async () => {
    await started();
    scene.peers = { other: false };
    await scene.looks(1);
    expect(scene.calls).toEqual([]);
    await scene.looks(1);
    expect(scene.calls).toEqual(['lapse other', 'renew']);
  });

  it('N1 a session that is back at the second look was not gone', async () => {
    await started();
    for (const isHeld of [false, true, false, true]) {
      scene.peers = { other: isHeld };
      await scene.looks(1);
    }
    expect(scene.calls).toEqual([]);
  });

  it('looks for free partitions when another worker was faster to say that one is gone', async () => {
    await started();
    scene.peers = { other: false };
    await scene.looks(1);
    scene.peers = {};
    await scene.looks(2);
    expect(scene.calls).toEqual(['renew']);
  });

  it('N1 what ended with every other session is not gone: this worker has not seen it since, and the server is young', async () => {
    await started();
    scene.serverUpMs = 0;
    scene.peers = { other: false };
    scene.endSession();
    await scene.looks(30);
    expect(scene.calls).toEqual(['withdraw', 'renew', 'may begin', 'announce session-2']);
  });

  it('N1 a session that was never seen is missed for longer', async () => {
    scene.peers = { other: false };
    await started();
    await scene.looks(3);
    expect(scene.calls).toEqual([]);
    await scene.looks(1);
    expect(scene.calls).toEqual(['lapse other', 'renew']);
  });

  it('N3 begins nothing from the end of its session until it is withdrawn and the leases are renewed', async () => {
    await started();
    expect(scene.notice.mayBegin).toBe(true);
    scene.canAnswer = false;
    scene.endSession();
    expect(scene.notice.mayBegin).toBe(false);
    await scene.looks(10);
    expect(scene.notice.mayBegin).toBe(false);
    scene.canAnswer = true;
    scene.renews = false;
    await scene.looks(2);
    expect(scene.notice.mayBegin).toBe(false);
    expect(scene.calls.slice(0, 2)).toEqual(['withdraw', 'renewal failed']);
    scene.renews = true;
    scene.calls.length = 0;
    await scene.looks(2);
    expect(scene.notice.mayBegin).toBe(true);
    expect(scene.calls).toEqual(['withdraw', 'renew', 'may begin', 'announce session-2']);
  });

  it('N3 a session that does not answer is withdrawn before it is closed', async () => {
    await started();
    scene.canAnswer = false;
    await scene.looks(1);
    expect(scene.notice.mayBegin).toBe(false);
    scene.canAnswer = true;
    await scene.looks(2);
    expect(scene.calls.slice(0, 4)).toEqual(['withdraw', 'renew', 'may begin', 'close session-1']);
    expect(scene.notice.mayBegin).toBe(true);
  });

  it('N4 goes on without a session while it can have none', async () => {
    await started();
    scene.canOpen = 'no';
    scene.endSession();
    await scene.looks(20);
    expect(scene.calls).toEqual(['withdraw', 'renew', 'may begin']);
    expect(scene.notice.mayBegin).toBe(true);
    scene.canOpen = 'yes';
    await scene.looks(10);
    expect(scene.calls.at(-1)).toBe('announce session-2');
  });

  it('N4 never asks again where a pooler stands between', async () => {
    scene.canOpen = 'pooler';
    scene.notice.start();
    await scene.looks(5);
    scene.canOpen = 'yes';
    await scene.looks(50);
    expect(scene.calls).toEqual([]);
    expect(scene.notice.mayBegin).toBe(true);
  });
});
