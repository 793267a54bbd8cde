import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { InstanceRun } from './instance-run.ts';
import { sourceOf } from './use-instance-run.ts';

/** An instance's whole history as it is now, to be compared: it is not followed. */
export function useRunAsItIs(instance: InstanceDetail): InstanceRun {
  const { id } = instance;
  // What it is when the comparison is opened; another one is another run.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const run = useMemo(() => new InstanceRun(id, instance.document, instance.seq, sourceOf(id)), [id]);
  useSyncExternalStore(run.subscribe, run.revision);
  const finished = instance.completedAt !== null;
  useEffect(() => {
    void run.load(finished);
    return () => run.stop();
  }, [run, finished]);
  return run;
}
