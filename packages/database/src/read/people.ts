/** People, groups, invitations, keys and sessions as the settings show them. */
import type { PrismaClient } from '../generated/client.ts';
import type { StoredGrant } from './grants.ts';

const grants = { select: { role: true, folder: true, sensitive: true }, orderBy: { folder: 'asc' } } as const;

export interface PersonRecord {
  id: string;
  name: string;
  email: string;
  disabledAt: Date | null;
  createdAt: Date;
  grants: StoredGrant[];
  groups: { id: string; name: string }[];
  hasPassword: boolean;
  lastSeenAt: Date | null;
}

export async function listPeople(prisma: PrismaClient): Promise<PersonRecord[]> {
  const rows = await prisma.user.findMany({
    select: {
      id: true,
      name: true,
      email: true,
      disabledAt: true,
      createdAt: true,
      grants,
      memberships: { select: { group: { select: { id: true, name: true } } } },
      accounts: { where: { providerId: 'credential', password: { not: null } }, select: { id: true } },
      sessions: { orderBy: { updatedAt: 'desc' }, take: 1, select: { updatedAt: true } },
    },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ memberships, accounts, sessions, ...person }) => ({
    ...person,
    groups: memberships.map(({ group }) => group),
    hasPassword: accounts.length > 0,
    lastSeenAt: sessions[0]?.updatedAt ?? null,
  }));
}

export async function findPersonByEmail(
  prisma: PrismaClient,
  email: string,
): Promise<{ id: string; name: string; disabled: boolean } | undefined> {
  const row = await prisma.user.findUnique({ where: { email: email.toLowerCase() }, select: { id: true, name: true, disabledAt: true } });
  return row ? { id: row.id, name: row.name, disabled: row.disabledAt !== null } : undefined;
}

export async function findPerson(
  prisma: PrismaClient,
  id: string,
): Promise<{ id: string; name: string; email: string; disabled: boolean } | undefined> {
  const row = await prisma.user.findUnique({ where: { id }, select: { id: true, name: true, email: true, disabledAt: true } });
  return row ? { id: row.id, name: row.name, email: row.email, disabled: row.disabledAt !== null } : undefined;
}

export interface GroupRecord {
  id: string;
  name: string;
  description: string;
  grants: StoredGrant[];
  members: { id: string; name: string; email: string }[];
}

export async function listGroups(prisma: PrismaClient): Promise<GroupRecord[]> {
  const rows = await prisma.group.findMany({
    select: {
      id: true,
      name: true,
      description: true,
      grants,
      members: { select: { user: { select: { id: true, name: true, email: true } } } },
    },
    orderBy: { name: 'asc' },
  });
  return rows.map(({ members, ...group }) => ({
    ...group,
    members: members.map(({ user }) => user).toSorted((a, b) => a.name.localeCompare(b.name)),
  }));
}

export interface InvitationRecord {
  id: string;
  email: string;
  grants: StoredGrant[];
  groupIds: string[];
  expiresAt: Date;
  createdAt: Date;
  createdBy: string;
}

/** Those nobody has accepted or revoked, expired ones included, newest first. */
export async function listInvitations(prisma: PrismaClient): Promise<InvitationRecord[]> {
  const rows = await prisma.invitation.findMany({ where: { acceptedAt: null, revokedAt: null }, orderBy: { createdAt: 'desc' } });
  return rows.map(({ id, email, grants: given, groupIds, expiresAt, createdAt, createdBy }) => ({
    id,
    email,
    grants: given as unknown as StoredGrant[], // written by storeInvitation
    groupIds,
    expiresAt,
    createdAt,
    createdBy,
  }));
}

/** The invitation a link leads to, while it is good. */
export async function findOpenInvitation(
  prisma: PrismaClient,
  tokenHash: string,
): Promise<{ email: string; createdBy: string; expiresAt: Date } | undefined> {
  const row = await prisma.invitation.findFirst({
    where: { tokenHash, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } },
    select: { email: true, createdBy: true, expiresAt: true },
  });
  return row ?? undefined;
}

export interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  permissions: string[];
  folder: string;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
  createdBy: string;
  revokedAt: Date | null;
}

export async function listApiKeys(prisma: PrismaClient): Promise<ApiKeyRow[]> {
  return prisma.apiKey.findMany({ omit: { hash: true }, orderBy: [{ createdAt: 'desc' }, { id: 'asc' }] });
}

export interface SessionRow {
  id: string;
  ipAddress: string | null;
  userAgent: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export async function listSessions(prisma: PrismaClient, userId: string): Promise<SessionRow[]> {
  return prisma.session.findMany({
    where: { userId, expiresAt: { gt: new Date() } },
    select: { id: true, ipAddress: true, userAgent: true, createdAt: true, updatedAt: true },
    orderBy: { updatedAt: 'desc' },
  });
}

/** Neither revoked nor expired. Names are never used twice. */
export async function isApiKeyGood(prisma: PrismaClient, name: string): Promise<boolean> {
  const inTime = { OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] };
  return (await prisma.apiKey.count({ where: { name, revokedAt: null, ...inTime } })) > 0;
}

export async function isSessionOpen(prisma: PrismaClient, id: string): Promise<boolean> {
  return (await prisma.session.count({ where: { id, expiresAt: { gt: new Date() } } })) > 0;
}

/** Names for what rows store: users' ids. Others stay as they are. */
export async function personNames(prisma: PrismaClient, ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
  const rows = await prisma.user.findMany({ where: { id: { in: [...new Set(ids)] } }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
