import { useEffect, useRef, useState } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { client } from '../api/trpc.ts';
import type { InstanceRun } from './instance-run.ts';
import { useRunAsItIs } from './use-run-as-it-is.ts';

/** An instance's history from the server, followed live. `onChange` is told of every batch: what is not folded here can be fetched again. */
export function useInstanceRun(instance: InstanceDetail, onChange: () => void): InstanceRun {
  const { id } = instance;
  const run = useRunAsItIs(instance);
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
