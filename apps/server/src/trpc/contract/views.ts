/** What people save of the instance list: views, and how they like it to look. */
import type { Json } from '@perdure/graph';
import type { Mutation, Query } from './procedure-types.ts';

/** views.list. `search`: the list's filters as they stand in its address. */
export interface SavedView {
  id: string;
  name: string;
  search: Record<string, Json>;
  /** Everybody sees it. */
  shared: boolean;
  owner: { id: string; name: string };
}

export type ViewProcedures = {
  list: Query<void, SavedView[]>;
  /** Its owner only. */
  save: Mutation<{ id?: string | undefined; name: string; shared: boolean; search: Record<string, Json> }, { id: string }>;
  /** Its owner only. */
  remove: Mutation<{ id: string }, void>;
};

export type ListSettingProcedures = {
  get: Query<{ list: 'instances' }, Json>;
  save: Mutation<{ list: 'instances'; setting: { columns: string[]; density: 'comfortable' | 'compact' } }, void>;
};
