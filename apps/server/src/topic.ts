/** Something that the processes of an installation tell each other of: that it has changed, and nothing else. What is told may get lost. */
import type { Runtime } from '@perdure/runtime';

export interface Topic {
  /** Tells whoever listens, here and in the other processes. */
  tell(): void;
  /** Gives the way to stop. */
  listen(listener: () => void): () => void;
  close(): void;
}

export function openTopic(runtime: Pick<Runtime, 'onTold' | 'tellOthers'>, name: string): Topic {
  const listeners = new Set<() => void>();
  const tellHere = (): void => {
    for (const listener of listeners) listener();
  };
  const close = runtime.onTold(name, tellHere);
  return {
    tell() {
      tellHere();
      runtime.tellOthers(name, null);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };
}
