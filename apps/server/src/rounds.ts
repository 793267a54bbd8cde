/** Work in the background: one round after another, never two at once, the next one so long after the end of the one before. */
export interface Rounds {
  /** The next round is now; one that is underway is followed by another at once. */
  nudge(): void;
  /** Resolves when the round that is underway is over; none begins after it. */
  stop(): Promise<void>;
}

export interface RoundsOptions {
  /** One that does several portions looks at `stopping` between them. */
  round: (stopping: AbortSignal) => Promise<void>;
  everyMs: number;
  /** A round has failed; the next one tries again. */
  onTrouble: (thrown: unknown) => void;
  /** The first one begins at once, not after `everyMs`. */
  atOnce?: boolean;
}

export function startRounds({ round, everyMs, onTrouble, atOnce = false }: RoundsOptions): Rounds {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let again = false;

  function begin(): void {
    clearTimeout(timer);
    again = false;
    running = round(stopping.signal)
      .catch(onTrouble)
      .finally(() => {
        running = null;
        if (again) begin();
        else later();
      });
  }

  function later(): void {
    if (!stopping.signal.aborted) timer = setTimeout(begin, everyMs).unref();
  }

  if (atOnce) begin();
  else later();
  return {
    nudge() {
      if (stopping.signal.aborted) return;
      if (running === null) begin();
      else again = true;
    },
    async stop() {
      stopping.abort();
      again = false;
      clearTimeout(timer);
      await running;
    },
  };
}
