import { useEffect, useState } from 'react';
import type { ShownStatus } from '@perdure/server/contract';
import { client } from '../api/trpc.ts';
import { createRunStore, type RunStore } from '../canvas/run-store.ts';

export interface LiveRun {
  store: RunStore;
  status: ShownStatus;
}

/** An instance watched on the designer's canvas. The subscription resumes by seq, and the store passes over what it has. */
export function useLiveRun(instanceId: string | null): LiveRun | null {
  const [run, setRun] = useState<(LiveRun & { id: string }) | null>(null);
  useEffect(() => {
    if (instanceId === null) {
      setRun(null);
      return;
    }
    const store = createRunStore();
    setRun({ id: instanceId, store, status: 'Pending' });
    const subscription = client.instances.watch.subscribe(
      { id: instanceId },
      {
        onData: ({ data }) => {
          store.push(data.events);
          setRun((before) =>
            before && before.id === instanceId && before.status !== data.status ? { ...before, status: data.status } : before,
          );
        },
      },
    );
    return () => subscription.unsubscribe();
  }, [instanceId]);
  return run;
}
