export const INBOX_VIEWS = ['mine', 'groups', 'all', 'closed'] as const;
export type InboxView = (typeof INBOX_VIEWS)[number];
export const INBOX_SORTS = ['due', 'priority', 'followUp', 'created'] as const;
export type InboxSort = (typeof INBOX_SORTS)[number];

/** From here a task counts as urgent: it has an arrow, and the filter of that name finds it. */
export const HIGH_PRIORITY = 70;

/** What the inbox shows, as it stands in the address. */
export interface InboxSearch {
  view?: InboxView;
  sort?: InboxSort;
  task?: string;
  text?: string;
  workflow?: string;
  overdue?: true;
  high?: true;
}

/** What narrows the list down, apart from the text. */
export const INBOX_FILTERS = ['workflow', 'overdue', 'high'] as const;

export function parseInboxSearch(search: Record<string, unknown>): InboxSearch {
  const found: InboxSearch = {};
  const view = INBOX_VIEWS.find((key) => key === search['view']);
  if (view) found.view = view;
  const sort = INBOX_SORTS.find((key) => key === search['sort']);
  if (sort) found.sort = sort;
  for (const key of ['task', 'text', 'workflow'] as const) {
    const value = search[key];
    if (typeof value === 'string' || typeof value === 'number') found[key] = String(value);
  }
  for (const key of ['overdue', 'high'] as const) if (search[key] === true) found[key] = true;
  return found;
}
