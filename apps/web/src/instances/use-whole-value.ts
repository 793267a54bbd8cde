import { useQueries } from '@tanstack/react-query';
import type { Json } from '@perdure/graph';
import { client } from '../api/trpc.ts';

/** Stands in a lean history where a large value was. */
interface Omitted {
  $omitted: number;
  seq: number;
  field: string;
}

/** The value with what was left out of it put back: read from the event where it stands. */
export function useWholeValue(instanceId: string, value: Json | undefined): { value: Json | undefined } | 'loading' {
  const omitted = value === undefined ? [] : omittedIn(value);
  const events = useQueries({
    queries: omitted.map(({ seq }) => ({
      queryKey: ['event', instanceId, seq],
      queryFn: async () => (await client.instances.history.query({ id: instanceId, afterSeq: seq - 1, limit: 1 })).events[0] ?? null,
      staleTime: Infinity,
    })),
  });
  if (omitted.length === 0) return { value };
  if (events.some(({ data, isError }) => data === undefined && !isError)) return 'loading';
  const found = new Map(events.flatMap(({ data }) => (data ? [[data.seq, data as unknown as Record<string, Json>] as const] : []))); // events are JSON
  return { value: value === undefined ? undefined : putBack(value, found) };
}

/** Values of the history stand at the top of what a step shows, or one level below (a decision's data). */
function omittedIn(value: Json): Omitted[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  if (isOmitted(value)) return [value];
  return Object.values(value).filter(isOmitted);
}

function putBack(value: Json, events: ReadonlyMap<number, Record<string, Json>>): Json {
  if (isOmitted(value)) return events.get(value.seq)?.[value.field] ?? value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, isOmitted(inner) ? putBack(inner, events) : inner]));
}

function isOmitted(value: Json): value is Omitted & { [key: string]: Json } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value['$omitted'] === 'number' &&
    typeof value['seq'] === 'number' &&
    typeof value['field'] === 'string'
  );
}
