import type { TaskListInput } from '@perdure/server/contract';
import { HIGH_PRIORITY, type InboxSearch, type InboxView } from './inbox-search.ts';

const PAGE_SIZE = 100;
const VIEWS = { mine: 'mine', groups: 'available', all: 'all', closed: 'closed' } as const satisfies Record<
  InboxView,
  TaskListInput['view']
>;

/** What the server is asked for, from what stands in the address. */
export function inboxListInput(search: InboxSearch, view: InboxView): TaskListInput {
  return { view: VIEWS[view], sort: search.sort ?? 'due', limit: PAGE_SIZE, ...filters(search) };
}

/** Those put off until later stand below what is mine. */
export function followUpListInput(search: InboxSearch): TaskListInput {
  return { view: 'followUp', sort: 'followUp', limit: PAGE_SIZE, ...filters(search) };
}

function filters(search: InboxSearch): Partial<TaskListInput> {
  return {
    ...(search.text ? { text: search.text } : {}),
    ...(search.workflow ? { workflowKey: search.workflow } : {}),
    ...(search.overdue ? { overdue: true } : {}),
    ...(search.high ? { minPriority: HIGH_PRIORITY } : {}),
  };
}
