import { canonicalJson, type Json } from '@perdure/graph';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { appendAudit } from './audit.ts';

export interface EntityTypeSaving {
  /** Lower case. */
  name: string;
  /** The version the change was based on; null makes a new type. */
  baseVersion: number | null;
  title: string;
  description: string;
  /** Checked by the caller. */
  document: Json;
  actor: string;
}

export type EntityTypeSaved =
  | { ok: true; version: number }
  | { ok: false; code: 'entity-type.exists' | 'entity-type.unknown' }
  | { ok: false; code: 'entity-type.conflict'; version: number; savedBy: string; document: Json };

/** A changed document becomes the next version, which all entities of the type run from then on. A name is taken for good: histories tell of it. */
export async function saveEntityType(prisma: PrismaClient, save: EntityTypeSaving): Promise<EntityTypeSaved> {
  const { name, baseVersion, title, description, actor } = save;
  const document = save.document as Prisma.InputJsonValue; // plain JSON, whose null is not a document
  return prisma.$transaction(async (tx) => {
    const version = baseVersion === null ? await create() : await change(baseVersion);
    if (typeof version !== 'number') return version;
    await appendAudit(tx, { actor, action: 'entity-type.save', target: `entity-type:${name}`, detail: { version, title } });
    return { ok: true, version };

    async function create(): Promise<number | EntityTypeSaved> {
      const { count } = await tx.entityType.createMany({
        data: [{ name, title, description, document, createdBy: actor, updatedBy: actor }],
        skipDuplicates: true,
      });
      if (count === 0) return { ok: false, code: 'entity-type.exists' };
      await tx.entityTypeVersion.create({ data: { name, version: 1, document, savedBy: actor } });
      return 1;
    }

    async function change(base: number): Promise<number | EntityTypeSaved> {
      await tx.$queryRaw`SELECT 1 FROM entity_type WHERE name = ${name} FOR UPDATE`;
      const stored = await tx.entityType.findFirst({ where: { name, archivedAt: null } });
      if (!stored) return { ok: false, code: 'entity-type.unknown' };
      const before = stored.document as Json;
      if (stored.version !== base)
        return { ok: false, code: 'entity-type.conflict', version: stored.version, savedBy: stored.updatedBy, document: before };
      const isChanged = canonicalJson(before) !== canonicalJson(save.document);
      const next = isChanged ? base + 1 : base;
      const updated = { title, description, updatedAt: new Date(), updatedBy: actor };
      await tx.entityType.update({ where: { name }, data: isChanged ? { ...updated, document, version: next } : updated });
      if (isChanged) await tx.entityTypeVersion.create({ data: { name, version: next, document, savedBy: actor } });
      return next;
    }
  });
}

/** Takes the type off the lists and refuses new requests. Its entities keep their state. */
export async function archiveEntityType(prisma: PrismaClient, archive: { name: string; actor: string }): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const { count } = await tx.entityType.updateMany({
      where: { name: archive.name, archivedAt: null },
      data: { archivedAt: new Date(), updatedAt: new Date(), updatedBy: archive.actor },
    });
    if (count === 0) return false;
    await appendAudit(tx, { actor: archive.actor, action: 'entity-type.archive', target: `entity-type:${archive.name}` });
    return true;
  });
}
