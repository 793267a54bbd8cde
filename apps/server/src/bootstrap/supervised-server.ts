import { setTimeout as sleep } from 'node:timers/promises';

export interface SupervisedServer {
  stop(): Promise<void>;
}

interface Server {
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an embedded server and starts it again, at the same place, when it ends without being told to. Resolves when it first answers;
 * a server that does not come up the first time is the caller's failure, later ones are retried with growing pauses.
 */
export async function superviseServer(options: {
  name: string;
  start: () => Promise<Server>;
  say: (line: string) => void;
}): Promise<SupervisedServer> {
  let server: Server | undefined = await options.start();
  const stopping = new AbortController();
  const watching = (async () => {
    for (;;) {
      await server?.exited;
      if (stopping.signal.aborted) return;
      options.say(`The embedded ${options.name} ended unexpectedly; starting it again …`);
      server = undefined;
      for (let pauseMs = 100; server === undefined; pauseMs = Math.min(pauseMs * 2, 10_000)) {
        try {
          server = await options.start();
          options.say(`The embedded ${options.name} runs again.`);
        } catch (error) {
          options.say(`The embedded ${options.name} did not start: ${error instanceof Error ? error.message : String(error)}`);
          await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        }
        if (stopping.signal.aborted) {
          await server?.stop();
          return;
        }
      }
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await server?.stop();
      await watching;
    },
  };
}
