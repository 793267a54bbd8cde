/**
 * Ends the process when its main thread has not moved for too long: a worker that is blocked has lost its partitions by itself, but it can do
 * nothing any more, not even stop. SIGKILL, because nothing gentler is heard. Whoever supervises the process starts another.
 */
import { once } from 'node:events';
import inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';

const threeLeasesMs = 15_000;
const rounds = 20;

/** Resolves when it watches; gives what stops it. Under a debugger, whose breakpoints block the main thread, it does nothing. */
export async function startWatchdog(blockedLimitMs = threeLeasesMs): Promise<() => Promise<void>> {
  if (inspector.url() !== undefined) return async () => {};
  const roundMs = Math.ceil(blockedLimitMs / rounds);
  const beats = new Int32Array(new SharedArrayBuffer(8));
  const thread = new Worker(new URL('./watchdog-thread.ts', import.meta.url), {
    workerData: { beats, roundMs, rounds },
    name: 'watchdog',
    // What the process was told on its command line is not for the thread.
    execArgv: [],
  });
  await once(thread, 'message');
  thread.unref();
  // Without its watchdog a worker works as well.
  thread.on('error', () => {});
  const timer = setInterval(() => Atomics.add(beats, 0, 1), Math.max(1, roundMs / 2));
  timer.unref();
  return async () => {
    clearInterval(timer);
    await thread.terminate();
  };
}
