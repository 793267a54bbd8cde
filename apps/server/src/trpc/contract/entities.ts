/** Entities and entity types. */
import type { EntityEvent, RequestSource } from '@perdure/engine';
import type { EntityTypeDocument, Json, Problem } from '@perdure/graph';
import type { Mutation, Query } from './procedure-types.ts';

/** entities.list, by name and key. */
export interface EntityRow {
  name: string;
  key: string;
  /** False = it has no state (any more): it is only locked or waited for, or it has ended. */
  exists: boolean;
  /** Values over 64 KB are cut to a preview: { $preview, bytes }. */
  state: Json;
  /** Of its type, when it ran last. */
  version: number;
  lockedBy: { instanceId: string; step: string } | null;
  /** Requests that wait until the lock is released. */
  queued: number;
  /** Signals whose moment has not come. */
  delayed: number;
  lastOperationAt: string | null;
}

export interface EntityListInput {
  name?: string;
  /** Start of the key; needs a name. */
  keyPrefix?: string;
  cursor?: string;
  limit?: number;
}

export interface EntityListResult {
  rows: EntityRow[];
  nextCursor: string | null;
}

/** entities.get */
export interface EntityDetail extends EntityRow {
  seq: number;
  startedAt: string;
  /** The first 20 requests that wait until the lock is released, in their order. `operation`: null = a lock. */
  waiting: { operation: string | null; from: RequestSource }[];
  /** The last 200 at most, oldest first. */
  events: EntityEvent[];
}

/** entityTypes.get */
export interface EntityTypeDetail {
  name: string;
  title: string;
  description: string;
  version: number;
  document: EntityTypeDocument;
  updatedAt: string;
  updatedBy: string;
}

/** entityTypes.list. `entities`: live ones, counted up to 10,001. */
export interface EntityTypeSummary extends EntityTypeDetail {
  entities: number;
}

/** entityTypes.save. `baseVersion` null makes a new type. The document may have mistakes in it: they are answered. */
export interface SaveEntityTypeInput {
  name: string;
  baseVersion: number | null;
  title: string;
  description?: string;
  document: Json;
}

export type SaveEntityTypeResult =
  | { ok: true; version: number }
  | { ok: false; code: 'entity-type.problems'; problems: Problem[] }
  | { ok: false; code: 'entity-type.conflict'; version: number; savedBy: string };

export type EntityProcedures = {
  list: Query<EntityListInput, EntityListResult>;
  get: Query<{ name: string; key: string }, EntityDetail>;
  signal: Mutation<{ name: string; key: string; operation: string; input: Json }, void>;
};

export type EntityTypeProcedures = {
  list: Query<void, EntityTypeSummary[]>;
  get: Query<{ name: string }, EntityTypeDetail>;
  save: Mutation<SaveEntityTypeInput, SaveEntityTypeResult>;
  check: Mutation<{ document: Json }, Problem[]>;
  archive: Mutation<{ name: string }, void>;
};
