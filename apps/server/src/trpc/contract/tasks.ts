/** Tasks: lists, one in full, who may do what with it, comments, files. */
import type { HumanTaskBody } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { PersonName } from './people.ts';
import type { Mutation, Query } from './procedure-types.ts';

/** tasks.list */
export interface TaskRow {
  id: string;
  title: string;
  workflowKey: string;
  workflowTitle: string;
  version: number;
  instanceId: string;
  node: string;
  /** Of the instance: of several visits of a node, this one. */
  step: string;
  priority: number;
  status: 'open' | 'decided' | 'expired' | 'cancelled';
  /** The first of `holders`; of a closed task, who held it last. */
  assignee: PersonName | null;
  claimedAt: string | null;
  /** Who has it now: one person, or under a quorum one for each seat that is taken. Those who have voted hold no seat any more. */
  holders: TaskHolder[];
  /** Null: one decision is enough. */
  quorum: { needed: number; got: number } | null;
  dueAt: string | null;
  deadlineAt: string | null;
  createdAt: string;
  escalatedAt: string | null;
  /** Until when the person who asks has put it off; may have passed. Null: not put off. */
  followUpAt: string | null;
  comments: number;
  attachments: number;
  outcome: string | null;
  decidedBy: PersonName | null;
  closedAt: string | null;
  /** First lines of the context, for the list: "Nordlicht AB, 12,480.50 EUR". */
  excerpt: string;
}

export interface TaskHolder extends PersonName {
  at: string;
  how: 'claimed' | 'assigned' | 'delegated';
  /** Who assigned or delegated it. */
  from: PersonName | null;
}

export interface TaskListInput {
  /**
   * mine: held by me and not put off; available: open, with a free seat, for me or my groups; all: open ones I may see;
   * followUp: open ones I have put off; closed: decided, expired or cancelled.
   */
  view: 'mine' | 'available' | 'all' | 'followUp' | 'closed';
  /** followUp: by the moment until which I have put them off. Default: due; of closed ones always the newest first. */
  sort?: 'due' | 'priority' | 'created' | 'followUp';
  /** In title, instance id, workflow key or context. */
  text?: string;
  workflowKey?: string;
  overdue?: boolean;
  /** 0 to 100: at least this. */
  minPriority?: number;
  cursor?: string;
  limit?: number;
}

/** Each is exact to 10,000; 10,001 stands for more. */
export interface TaskCounts {
  mine: number;
  available: number;
  all: number;
  followUp: number;
  /** Of `mine`. */
  overdue: number;
}

export interface TaskListResult {
  rows: TaskRow[];
  counts: TaskCounts;
  nextCursor: string | null;
  /** Of workflows with values that are masked for whoever asks, words were looked for in so many tasks at most; null: nothing was left out. */
  searchedMasked: number | null;
}

/** tasks.get */
export interface TaskDetail extends TaskRow {
  /** Of its workflow. */
  folder: string;
  description: string | null;
  context: Json;
  formSchema: Json | null;
  outcomes: HumanTaskBody['outcomes'];
  candidates: string[];
  data: Json;
  comment: string | null;
  draft: Json | null;
  draftSavedAt: string | null;
  votes: TaskVote[];
  /** What the decision takes. `others`: whether a vote for another outcome decides at once, or needs as many votes. */
  rule: {
    needed: number;
    outcome: string;
    others: 'decide' | 'count';
    requiredGroups: { name: string; met: boolean }[];
  };
  /** What happens if nobody acts, by time; `done`: it has happened. `to`: whom it is escalated to. */
  schedule: { at: string; what: 'reminder' | 'due' | 'escalation' | 'deadline'; done: boolean; to: string[] }[];
  /** Why the person who asks may not, in words; null = they may. */
  refusals: Record<'claim' | 'release' | 'decide' | 'delegate' | 'assign', string | null>;
  files: TaskFile[];
  trail: TaskTrailEntry[];
}

export interface TaskTrailEntry {
  at: string;
  what:
    | 'created'
    | 'claimed'
    | 'released'
    | 'assigned'
    | 'delegated'
    | 'voted'
    | 'decided'
    | 'reminded'
    | 'escalated'
    | 'expired'
    | 'cancelled';
  by: PersonName | null;
  /** Who has it now: assigned, delegated. */
  to: PersonName | null;
  /** Candidates added: escalated. */
  candidates: string[];
  outcome: string | null;
  /** Of a vote or decision; of an assignment, the note that came with it. */
  comment: string | null;
}

export interface TaskVote {
  by: PersonName;
  outcome: string;
  comment: string | null;
  at: string;
  /** Of the required groups, those the voter was in. */
  groups: string[];
}

/** Uploaded by POST /api/tasks/:id/files?name=… (the bytes as body), read by GET /api/tasks/:id/files/:file. */
export interface TaskFile {
  id: string;
  name: string;
  /** As found in its content. */
  type: string;
  bytes: number;
  by: PersonName;
  at: string;
}

/** tasks.comments: oldest first. */
export interface TaskComment {
  id: string;
  by: PersonName;
  at: string;
  text: string;
  mentions: PersonName[];
}

/** tasks.candidatesFor: people who may decide it first. `refusal`: why it cannot be given to them. */
export interface TaskCandidate extends PersonName {
  email: string;
  refusal: string | null;
}

/** tasks.bulkPreview. All of one type: the same node of one workflow. */
export interface BulkTaskPreview {
  /** What those that qualify can all be given. */
  outcomes: HumanTaskBody['outcomes'];
  items: { id: string; title: string; refusal: string | null }[];
}

/** tasks.bulkDecide: in the order asked. */
export interface BulkTaskResult {
  items: { id: string; title: string; ok: boolean; message: string }[];
}

export type TaskProcedures = {
  list: Query<TaskListInput, TaskListResult>;
  counts: Query<void, TaskCounts>;
  get: Query<{ id: string }, TaskDetail>;
  claim: Mutation<{ id: string }, void>;
  release: Mutation<{ id: string }, void>;
  /** `to`, `from`: user ids; `from`: whose seat, when there are several. */
  assign: Mutation<{ id: string; to: string; from?: string | undefined; note?: string | undefined }, void>;
  /** Who holds it. */
  delegate: Mutation<{ id: string; to: string; note?: string | undefined }, void>;
  /** At most 20. */
  candidatesFor: Query<{ id: string; text?: string | undefined }, TaskCandidate[]>;
  saveDraft: Mutation<{ id: string; data: Json }, { savedAt: string }>;
  /** `open`: the vote counts, and more are needed. */
  decide: Mutation<{ id: string; outcome: string; data: Json; comment?: string | undefined }, { open: boolean }>;
  /** At most 200. */
  bulkPreview: Query<{ ids: string[] }, BulkTaskPreview>;
  bulkDecide: Mutation<{ ids: string[]; outcome: string; comment?: string | undefined }, BulkTaskResult>;
  /** Null: not any more. */
  followUp: Mutation<{ id: string; at: string | null }, void>;
  comments: Query<{ id: string }, TaskComment[]>;
  /** `mentions`: user ids who may see the task. */
  comment: Mutation<{ id: string; text: string; mentions: string[] }, TaskComment>;
  /** Own files, while the task is open. */
  removeFile: Mutation<{ id: string; file: string }, void>;
  /** admin. Shows the key that the webhooks of the workflow's tasks are signed with; with `renew`, another one from now on. */
  webhookKey: Mutation<{ workflowKey: string; renew: boolean }, { key: string }>;
};
