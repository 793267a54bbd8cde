/**
 * An instance's history, followed live: first what Postgres holds after a seq, then whatever is committed, in order, without gaps and
 * without repetitions. Nothing is buffered for a slow client: hints only say that there is something to read, and the next read starts
 * behind what the client has taken. A slow poll covers hints that got lost.
 */
import { instanceId, isFinal, type HistoryEvent } from '@perdure/engine';
import { readHistory, type ShownStatus } from '@perdure/database/read';
import type { Installation } from '../installation.ts';
import { unknownInstance } from './unknown-instance.ts';

export interface InstanceUpdate {
  events: HistoryEvent[];
  status: ShownStatus;
  /** Of the last event given; resume from here. */
  seq: number;
}

/** The first page is small, so that there is something to show at once. */
const firstPage = 500;
const page = 5_000;
const pollMs = 5_000;

/** Ends when the instance has finished and everything was given, when it is purged, or when `signal` aborts. */
export async function* instanceUpdates(
  { database, runtime }: Pick<Installation, 'database' | 'runtime'>,
  id: string,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<InstanceUpdate, void> {
  let wake: () => void = () => undefined;
  let hinted = true;
  const stopWatching = runtime.watchInstance(instanceId(id), () => {
    hinted = true;
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    let seq = afterSeq;
    let status: ShownStatus | null = null;
    let execution: string | null = null;
    while (!signal.aborted) {
      hinted = false;
      const read = await readHistory(database.prisma, id, seq, seq === afterSeq ? firstPage : page);
      if (!read) {
        if (status === null) throw unknownInstance(id);
        return;
      }
      // An id that was started anew begins again at seq 1.
      if (read.head.seq < seq || (execution !== null && read.head.executionId !== execution)) {
        seq = 0;
        execution = null;
        continue;
      }
      execution = read.head.executionId;
      seq = read.events.at(-1)?.seq ?? seq;
      if (read.events.length > 0 || status !== read.head.status) {
        status = read.head.status;
        yield { events: read.events, status, seq };
      }
      if (read.more) continue;
      if (isFinal(read.head.storedStatus)) return;
      if (!hinted && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pollMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
  } finally {
    stopWatching();
    signal.removeEventListener('abort', onAbort);
    wake();
  }
}
