/** The guide for the first five minutes: what a person has really done of it. */
import type { Mutation, Query } from './procedure-types.ts';

/**
 * ran: they started the sample · watched: a page of theirs followed it live · approved: they decided its task · resumed: the server was stopped
 * and started under it, and it went on · failed: a run of theirs failed · found: they opened its incident · mended: the failed run went on
 */
export type GuideStep = 'ran' | 'watched' | 'approved' | 'resumed' | 'failed' | 'found' | 'mended';

/** guide.get */
export interface Guide {
  /** The sample the guide is about. Null: there is none here, or it is archived, so there is no guide. */
  workflow: { key: string; title: string; version: number; folder: string } | null;
  /** Whether it opens by itself: nothing else was begun here, and they have neither finished nor skipped it. */
  opens: boolean;
  skipped: boolean;
  done: Partial<Record<GuideStep, { at: string; instanceId: string | null }>>;
  /** Their newest run of the sample. */
  run: string | null;
  /** The newest of them that has ever failed. */
  failedRun: string | null;
  /** Of the links that sign this person in without a password. Null for all but admins. */
  signInLink: 'waiting' | 'used' | null;
}

export type GuideProcedures = {
  get: Query<void, Guide>;
  /** False takes it back. */
  skip: Mutation<{ skipped: boolean }, void>;
};
