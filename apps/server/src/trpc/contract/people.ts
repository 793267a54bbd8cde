/** Who is signed in and what they may do; people, groups, API keys, and one's own account. */
import type { Mutation, Query } from './procedure-types.ts';

export type Role = 'viewer' | 'operator' | 'designer' | 'approver' | 'admin';

export type Permission =
  | 'workflow.read'
  | 'workflow.edit'
  | 'workflow.publish'
  | 'instance.read'
  | 'instance.start'
  | 'instance.operate'
  | 'instance.purge'
  | 'task.read'
  | 'task.decide'
  /** See every task, and give it to somebody. */
  | 'task.assign'
  /** See what schemas mark as sensitive. */
  | 'data.sensitive'
  | 'audit.read'
  /** People, keys, settings. */
  | 'admin';

/** session.me */
export interface Me {
  user: { id: string; name: string; email: string };
  groups: string[];
  /** What they hold, themselves and by their groups. Folder '' = all workflows; `finance` covers `finance/invoices`, too. */
  grants: { role: Role | null; folder: string; permissions: Permission[] }[];
  /** All they hold anywhere. */
  permissions: Permission[];
  installation: {
    version: string;
    postgres: string;
    redis: string;
    workers: number;
    demoServices: boolean;
    /** A mail server is set up. */
    mail: boolean;
  };
}

/** A role for all workflows (folder '') or for a folder of them. `sensitive`: it also shows what schemas mark as sensitive. */
export interface RoleGrant {
  role: Role;
  folder: string;
  sensitive: boolean;
}

/** people.list */
export interface PersonRow {
  id: string;
  name: string;
  email: string;
  grants: RoleGrant[];
  groups: { id: string; name: string }[];
  disabledAt: string | null;
  hasPassword: boolean;
  lastSeenAt: string | null;
  createdAt: string;
}

/** people.invitations: those that wait, expired ones included. */
export interface InvitationRow {
  id: string;
  email: string;
  grants: RoleGrant[];
  groups: { id: string; name: string }[];
  expiresAt: string;
  expired: boolean;
  createdAt: string;
  createdBy: string;
}

/** people.invite, people.inviteAgain. The link is told once; `mailed`: it was sent as well. */
export interface InvitationLink {
  link: string;
  mailed: boolean;
  expiresAt: string;
}

/** groups.list */
export interface GroupRow {
  id: string;
  name: string;
  description: string;
  grants: RoleGrant[];
  members: { id: string; name: string; email: string }[];
}

/** apiKeys.list. */
export interface ApiKeySummary {
  id: string;
  name: string;
  /** Its first characters. */
  prefix: string;
  permissions: Permission[];
  /** '' = all workflows. */
  folder: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  createdAt: string;
  createdBy: string;
  state: 'good' | 'expired' | 'revoked';
}

/** account.get */
export interface OwnAccount {
  hasPassword: boolean;
  sessions: { id: string; current: boolean; address: string; device: string; createdAt: string; lastUsedAt: string }[];
}

/** Somebody, as lists show them. */
export interface PersonName {
  id: string;
  name: string;
}

export type SessionProcedures = {
  me: Query<void, Me>;
};

export type AccountProcedures = {
  get: Query<void, OwnAccount>;
  rename: Mutation<{ name: string }, void>;
  /** Own ones only. */
  endSession: Mutation<{ id: string }, void>;
  endOtherSessions: Mutation<void, void>;
};

export type PeopleProcedures = {
  list: Query<void, PersonRow[]>;
  invitations: Query<void, InvitationRow[]>;
  invite: Mutation<{ email: string; grants: RoleGrant[]; groupIds: string[] }, InvitationLink>;
  /** The earlier link is good no more. */
  inviteAgain: Mutation<{ id: string }, InvitationLink>;
  withdrawInvitation: Mutation<{ id: string }, void>;
  setRoles: Mutation<{ id: string; grants: RoleGrant[] }, void>;
  setDisabled: Mutation<{ id: string; disabled: boolean }, void>;
  endSessions: Mutation<{ id: string }, void>;
  /** Good for one use, it sets a new password. */
  resetLink: Mutation<{ id: string }, { link: string }>;
};

export type GroupProcedures = {
  list: Query<void, GroupRow[]>;
  save: Mutation<{ id: string | null; name: string; description: string; grants: RoleGrant[]; memberIds: string[] }, { id: string }>;
  remove: Mutation<{ id: string }, void>;
};

export type ApiKeyProcedures = {
  list: Query<void, ApiKeySummary[]>;
  /** The key is told once. */
  create: Mutation<{ name: string; permissions: Permission[]; folder: string; expiresAt: string | null }, { key: string }>;
  revoke: Mutation<{ id: string }, void>;
};
