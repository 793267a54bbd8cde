import { personName } from '@perdure/database/read';
import { saveEntityType as storeEntityType } from '@perdure/database/write';
import type { Json } from '@perdure/graph';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import type { SaveEntityTypeInput, SaveEntityTypeResult } from '../trpc/contract/entities.ts';
import { readEntityType } from './read-entity-type.ts';

/** Checks a definition and makes it the next version. Problems and a definition that has moved on are answers, not errors. */
export async function saveEntityType(
  { database, runtime }: Installation,
  save: Omit<SaveEntityTypeInput, 'document'> & { document: Json; actor: string },
): Promise<SaveEntityTypeResult> {
  const { name, baseVersion, title, description = '', actor } = save;
  const { document, problems } = readEntityType(save.document);
  if (document === null || problems.some(({ severity }) => severity === 'error'))
    return { ok: false, code: 'entity-type.problems', problems };
  const saved = await storeEntityType(database.prisma, {
    name,
    baseVersion,
    title,
    description,
    document: document as unknown as Json, // plain data; optional fields that are absent are not there
    actor,
  });
  if (saved.ok) {
    runtime.savedEntityType(name);
    return saved;
  }
  switch (saved.code) {
    case 'entity-type.unknown':
      throw unknownEntityType(name);
    case 'entity-type.exists':
      throw new RequestError('entity-type.exists', `There is, or was, an entity type with the name "${name}". Choose another one.`);
    case 'entity-type.conflict':
      return {
        ok: false,
        code: saved.code,
        version: saved.version,
        savedBy: await personName(database.prisma, saved.savedBy),
      };
  }
}

export function unknownEntityType(name: string): RequestError {
  return new RequestError('entity.unknown-type', `There is no entity type with the name "${name}".`);
}
