import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { HistoryEvent } from '@perdure/engine';
import type { InstanceDetail } from '@perdure/server/contract';
import { client } from '../api/trpc.ts';
import { InstanceRun, type RunSource } from './instance-run.ts';

/** An instance's history from the server, as long as it was when it was opened: to be compared, or to be followed from there on. */
export function useRunAsItIs(instance: InstanceDetail): InstanceRun {
  const { id } = instance;
  // Another instance is another run; the document and the length as they are at first are what it begins with.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const run = useMemo(() => new InstanceRun(id, instance.document, instance.seq, sourceOf(id)), [id]);
  // The folds change in place; the revision makes whoever uses them draw again.
  useSyncExternalStore(run.subscribe, run.revision);
  const finished = instance.completedAt !== null;
  useEffect(() => {
    void run.load(finished);
    return () => run.stop();
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [run]);
  return run;
}

function sourceOf(id: string): RunSource {
  return {
    checkpointBefore: (seq) => client.instances.checkpointBefore.query({ id, seq }),
    events: (afterSeq, limit) => eventsBehind(id, afterSeq, limit),
    lean: (afterSeq, limit) => client.instances.history.query({ id, afterSeq, limit, lean: true }),
  };
}

/** As many as there are up to `limit`: a page of large values ends earlier. */
async function eventsBehind(id: string, afterSeq: number, limit: number): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for (let seq = afterSeq, more = true; more && events.length < limit;) {
    const page = await client.instances.history.query({ id, afterSeq: seq, limit: limit - events.length });
    events.push(...page.events);
    ({ seq, more } = page);
  }
  return events;
}
