import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { client } from '../api/trpc.ts';
import { InstanceRun, type RunSource } from './instance-run.ts';

/** An instance's history from the server, followed live. `onChange` is told of every batch: what is not folded here can be fetched again. */
export function useInstanceRun(instance: InstanceDetail, onChange: () => void): InstanceRun {
  const { id } = instance;
  // The page is another one for another instance; the document and the length as they are at first are what it begins with.
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
  // The server ends the stream of an instance that has finished. One that was rewound goes on: it is followed again.
  const [following, setFollowing] = useState(0);
  const hasEnded = useRef(false);
  useEffect(() => {
    if (hasEnded.current && instance.seq > run.head) setFollowing((before) => before + 1);
  }, [run, instance.seq]);
  useEffect(() => {
    hasEnded.current = false;
    const ended = (): void => {
      hasEnded.current = true;
      onChange();
    };
    const subscription = client.instances.watch.subscribe(
      { id, lastEventId: String(run.head) },
      {
        onData: ({ data }) => {
          run.push(data.events, data.status);
          onChange();
        },
        // It has ended, or it is gone.
        onComplete: ended,
        onError: ended,
      },
    );
    return () => subscription.unsubscribe();
  }, [id, run, onChange, following]);
  return run;
}

/** Where a run's history comes from; also for the other run of a comparison. */
export function sourceOf(id: string): RunSource {
  return {
    checkpointBefore: (seq) => client.instances.checkpointBefore.query({ id, seq }),
    events: async (afterSeq, limit) => (await client.instances.history.query({ id, afterSeq, limit })).events,
    lean: (afterSeq, limit) => client.instances.history.query({ id, afterSeq, limit, lean: true }),
  };
}
