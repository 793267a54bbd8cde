/** What there is to see now, and again after every change, until `signal` aborts. Changes in quick succession are told once. */
export async function* changesOf<Seen>(
  watch: (listener: () => void) => () => void,
  look: () => Seen,
  signal: AbortSignal,
): AsyncGenerator<Seen, void> {
  let changed = true;
  let wake = (): void => undefined;
  const stop = watch(() => {
    changed = true;
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      if (changed) {
        changed = false;
        yield look();
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
    signal.removeEventListener('abort', onAbort);
  }
}
