export const INBOX_VIEWS = ['mine', 'available', 'all'] as const;
export type InboxView = (typeof INBOX_VIEWS)[number];
export const INBOX_SORTS = ['due', 'priority', 'created'] as const;
export type InboxSort = (typeof INBOX_SORTS)[number];

/** What the inbox shows, as it stands in the address. */
export interface InboxSearch {
  view?: InboxView;
  sort?: InboxSort;
  task?: string;
  text?: string;
}

export function parseInboxSearch(search: Record<string, unknown>): InboxSearch {
  const found: InboxSearch = {};
  const view = INBOX_VIEWS.find((key) => key === search['view']);
  if (view) found.view = view;
  const sort = INBOX_SORTS.find((key) => key === search['sort']);
  if (sort) found.sort = sort;
  if (typeof search['task'] === 'string' || typeof search['task'] === 'number') found.task = String(search['task']);
  if (typeof search['text'] === 'string' || typeof search['text'] === 'number') found.text = String(search['text']);
  return found;
}
