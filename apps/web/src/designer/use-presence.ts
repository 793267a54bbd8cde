import { useEffect, useRef, useState } from 'react';
import type { PresentPerson } from '@perdure/server/contract';
import { client } from '../api/trpc.ts';

const settledMs = 300;
const overlapMs = 1_000;

/** Who else has the workflow open, in the order they came; this page is left out. `node`: whose fields are open here, told to the others. */
export function usePresence(key: string, node: string | null): readonly PresentPerson[] {
  const visit = useRef<string>(null);
  visit.current ??= crypto.randomUUID();
  const [people, setPeople] = useState<readonly PresentPerson[]>([]);
  const [told, setTold] = useState(node);

  // Whoever runs through nodes with the arrows is where they come to rest.
  useEffect(() => {
    const timer = setTimeout(() => setTold(node), settledMs);
    return () => clearTimeout(timer);
  }, [node]);

  useEffect(() => {
    const own = visit.current ?? '';
    const subscription = client.workflows.presence.subscribe(
      { key, visit: own, node: told },
      {
        onData: (present) => setPeople(present.filter((person) => !person.visit.endsWith(`:${own}`))),
        // Without it the designer works as well; nobody is shown rather than somebody who may have left.
        onError: () => setPeople([]),
      },
    );
    // The next one has begun by then: whoever moves to another node does not leave on the way.
    return () => void setTimeout(() => subscription.unsubscribe(), overlapMs);
  }, [key, told]);

  return people;
}
