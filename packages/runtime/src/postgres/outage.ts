/** Whether an error says that Postgres cannot serve now, and why, in words: null for everything else. An error may name its code in its causes. */
export function outageOf(error: unknown, depth = 0): string | null {
  if (typeof error !== 'object' || error === null || depth > 4) return null;
  const { code, message, cause, errors } = error as { code?: unknown; message?: unknown; cause?: unknown; errors?: unknown };
  if (typeof code === 'string') {
    const reason = reasons.get(code) ?? (code.length === 5 && code.startsWith('08') ? away : undefined);
    if (reason !== undefined) return reason;
  }
  if (typeof message === 'string') for (const [text, reason] of wordsOfDriver) if (message.includes(text)) return reason;
  if (Array.isArray(errors)) {
    for (const inner of errors) {
      const reason = outageOf(inner, depth + 1);
      if (reason !== null) return reason;
    }
  }
  return outageOf(cause, depth + 1);
}

const away = 'Postgres cannot be reached.';
const slow = 'Postgres does not answer in time.';

/** SQLSTATEs, and Node's codes of a connection. */
const reasons = new Map([
  ['53100', 'Postgres has no space left on its disk.'],
  ['58030', 'Postgres cannot read or write its files.'],
  ['53200', 'Postgres has no memory left.'],
  ['53300', 'Postgres takes no more connections.'],
  ['53400', 'Postgres is at a limit of its configuration.'],
  ['57014', slow],
  ['55P03', slow],
  ['25P03', slow],
  ['25006', 'Postgres takes no writes.'],
  ['57P01', 'Postgres is stopping.'],
  ['57P02', 'Postgres is restarting after a crash.'],
  ['57P03', 'Postgres is starting.'],
  ['ECONNREFUSED', away],
  ['ECONNRESET', away],
  ['EPIPE', away],
  ['ETIMEDOUT', away],
  ['ENOTFOUND', away],
  ['EHOSTUNREACH', away],
]);

/** What the driver says in words only. */
const wordsOfDriver: readonly [text: string, reason: string][] = [
  ['timeout exceeded when trying to connect', slow],
  ['Query read timeout', slow],
  ['Connection terminated', away],
  ['Client has encountered a connection error', away],
  // Where the connections reserved for administrators begin, Postgres has a code for it, and the driver passes it on in another class.
  ['remaining connection slots are reserved', 'Postgres takes no more connections.'],
];
