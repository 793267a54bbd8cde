import type { RuntimeObserver } from '@perdure/runtime';

/** One that tells them all. What none of them wants stays absent. */
export function combineObservers(observers: readonly RuntimeObserver[]): RuntimeObserver {
  const of = <Name extends keyof RuntimeObserver>(name: Name): NonNullable<RuntimeObserver[Name]>[] =>
    observers.flatMap((observer) => observer[name] ?? []);
  const [turns, activities, commits, instances, cells] = [of('turn'), of('activity'), of('committed'), of('instance'), of('cell')];
  const stored = of('stored');
  const [turn] = turns;
  if (turns.length > 1) throw new Error('Only one observer can name the context of a turn.');
  return {
    ...(turn === undefined ? {} : { turn }),
    ...(activities.length === 0
      ? {}
      : {
          activity(job) {
            const begun = activities.flatMap((observe) => observe(job) ?? []);
            if (begun.length === 0) return null;
            return {
              // Of one that made a new context; the others hand on the job's.
              traceParent: begun.find(({ traceParent }) => traceParent !== job.traceParent)?.traceParent ?? job.traceParent,
              end(result) {
                for (const one of begun) one.end(result);
              },
            };
          },
        }),
    ...(instances.length === 0
      ? {}
      : {
          instance(fact) {
            for (const tell of instances) tell(fact);
          },
        }),
    ...(cells.length === 0
      ? {}
      : {
          cell(fact) {
            for (const tell of cells) tell(fact);
          },
        }),
    ...(stored.length === 0
      ? {}
      : {
          stored(items) {
            for (const tell of stored) tell(items);
          },
        }),
    ...(commits.length === 0
      ? {}
      : {
          committed(items, seconds) {
            for (const committed of commits) committed(items, seconds);
          },
        }),
  };
}
