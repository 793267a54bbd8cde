/** The thread of a cell that ends it whatever its main thread does: when its parent is gone, or when it holds more memory than it may outside of its heap. */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const roundMs = 200;

// Written by cell-program.ts.
const { parent, largestBytes } = workerData as { parent: number; largestBytes: number };
const never = new Int32Array(new SharedArrayBuffer(4));

parentPort?.postMessage('watching');
for (;;) {
  // A child of a process that has ended becomes another's.
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  const bytes = process.memoryUsage.rss();
  if (bytes > largestBytes) {
    writeSync(2, `It holds ${Math.round(bytes / 1_048_576)} MB, more than a cell may.\n`);
    process.kill(process.pid, 'SIGKILL');
  }
  Atomics.wait(never, 0, 0, roundMs);
}
