import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '../generated/client.ts';
import type { StoredGrant } from '../read/grants.ts';
import { appendAudit } from './audit.ts';
import { asDetail, changePeople, createGrants, grantColumns } from './grants.ts';

export interface GroupToSave {
  /** Null makes a new one. */
  id: string | null;
  name: string;
  description: string;
  grants: readonly StoredGrant[];
  memberIds: readonly string[];
  actor: string;
}

export type GroupSaving =
  | { ok: true; id: string }
  | { ok: false; code: 'group.unknown' | 'group.exists' | 'people.unknown' | 'people.last-admin' };

export async function saveGroup(prisma: PrismaClient, group: GroupToSave): Promise<GroupSaving> {
  return changePeople(prisma, async (tx): Promise<GroupSaving> => {
    const { name, description, actor } = group;
    const before =
      group.id === null
        ? null
        : await tx.group.findUnique({ where: { id: group.id }, include: { members: true, grants: { select: grantColumns } } });
    if (group.id !== null && !before) return { ok: false, code: 'group.unknown' };
    const namesake = await tx.group.findFirst({ where: { name: { equals: name, mode: 'insensitive' } }, select: { id: true } });
    if (namesake && namesake.id !== group.id) return { ok: false, code: 'group.exists' };
    const members = [...new Set(group.memberIds)];
    if ((await tx.user.count({ where: { id: { in: members } } })) !== members.length) return { ok: false, code: 'people.unknown' };
    const id = group.id ?? randomUUID();
    if (before) await tx.group.update({ where: { id }, data: { name, description } });
    else await tx.group.create({ data: { id, name, description, createdBy: actor } });
    await tx.groupMember.deleteMany({ where: { groupId: id, userId: { notIn: members } } });
    await tx.groupMember.createMany({ data: members.map((userId) => ({ groupId: id, userId })), skipDuplicates: true });
    await tx.roleGrant.deleteMany({ where: { groupId: id } });
    await createGrants(tx, { groupId: id }, group.grants, actor);
    await appendAudit(tx, {
      actor,
      action: before ? 'group.save' : 'group.create',
      target: `group:${id}`,
      ...(before && {
        before: {
          name: before.name,
          roles: asDetail(before.grants),
          members: before.members.map(({ userId }) => userId).toSorted(),
        },
      }),
      after: { name, roles: asDetail(group.grants), members: members.toSorted() },
    });
    return { ok: true, id };
  });
}

export async function removeGroup(
  prisma: PrismaClient,
  remove: { id: string; actor: string },
): Promise<{ ok: true } | { ok: false; code: 'group.unknown' | 'people.last-admin' }> {
  return changePeople(prisma, async (tx): Promise<{ ok: true } | { ok: false; code: 'group.unknown' }> => {
    const before = await tx.group.findUnique({ where: { id: remove.id }, include: { members: true, grants: { select: grantColumns } } });
    if (!before) return { ok: false, code: 'group.unknown' };
    await tx.group.delete({ where: { id: remove.id } });
    await appendAudit(tx, {
      actor: remove.actor,
      action: 'group.remove',
      target: `group:${remove.id}`,
      before: { name: before.name, roles: asDetail(before.grants), members: before.members.map(({ userId }) => userId).toSorted() },
    });
    return { ok: true };
  });
}
