import { Socket } from 'node:net';

/** Signals that arrive within this time are one wish: a terminal, npm and our own starter each pass the same Ctrl+C on. */
const sameWishMs = 1_000;

/**
 * Calls `stop` at the first SIGINT, SIGTERM or SIGHUP, or when the process that started this one is gone; `force` when somebody asks again.
 */
export function onStopSignal(stop: (reason: string) => void, force: () => void): void {
  let askedAt: number | undefined;
  const ask = (reason: string): void => {
    if (askedAt === undefined) {
      askedAt = performance.now();
      stop(reason);
    } else if (performance.now() - askedAt > sameWishMs) force();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal));
  const lifeline = Number(process.env['PERDURE_LIFELINE_FD']);
  if (Number.isInteger(lifeline) && lifeline > 2) {
    delete process.env['PERDURE_LIFELINE_FD'];
    const end = (): void => ask('its starter is gone');
    // A socket and not a file stream: reading a pipe as a file would hold one of the few threads for file work for ever.
    const socket = new Socket({ fd: lifeline, readable: true, writable: false });
    socket.once('end', end).once('error', end).resume().unref();
  }
}
