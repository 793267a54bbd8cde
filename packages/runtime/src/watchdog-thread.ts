/**
 * The thread of the watchdog (watchdog.ts). It counts its own rounds, not time: when the whole process was stopped and goes on, this thread was
 * stopped as well, and one round is what it has missed.
 */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

// Written by startWatchdog.
const { beats, roundMs, rounds } = workerData as { beats: Int32Array; roundMs: number; rounds: number };

parentPort?.postMessage('watching');
let seen = Atomics.load(beats, 0);
let still = 0;
for (;;) {
  // Sleeps: nothing ever notifies.
  Atomics.wait(beats, 1, 0, roundMs);
  const beat = Atomics.load(beats, 0);
  still = beat === seen ? still + 1 : 0;
  seen = beat;
  if (still >= rounds) {
    writeSync(
      2,
      `The main thread of process ${process.pid} has not moved for ${(rounds * roundMs) / 1_000} s: the watchdog ends the process.\n`,
    );
    process.kill(process.pid, 'SIGKILL');
  }
}
