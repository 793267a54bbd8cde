import { useMemo, useState } from 'react';
import type { TaskRow } from '@perdure/server/contract';

/** The tasks chosen to be completed together: of one view, and only as long as they are in its list. */
export function usePicked(rows: readonly TaskRow[], view: string) {
  const [chosen, setChosen] = useState<{ view: string; ids: ReadonlySet<string> }>({ view, ids: new Set() });
  const ids = useMemo(
    () => new Set(chosen.view === view ? rows.flatMap(({ id, status }) => (chosen.ids.has(id) && status === 'open' ? [id] : [])) : []),
    [chosen, rows, view],
  );
  const change = (next: (before: ReadonlySet<string>) => ReadonlySet<string>) =>
    setChosen((before) => ({ view, ids: next(before.view === view ? before.ids : new Set()) }));
  return {
    ids,
    add: (id: string) => change((before) => new Set([...before, id])),
    toggle: (id: string) =>
      change((before) => (before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id]))),
    clear: () => change((before) => (before.size === 0 ? before : new Set())),
  };
}
