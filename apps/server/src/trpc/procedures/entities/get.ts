import { findEntity } from '@perdure/database/read';
import { z } from 'zod';
import { entityRow } from '../../../entities/entity-words.ts';
import { recentEntityEvents } from '../../../entities/recent-entity-events.ts';
import { withPersonName } from '../../../entities/with-person-name.ts';
import { unknownEntity } from '../../../entities/unknown-entity.ts';
import { isStorableText } from '../../../storable-text.ts';
import { procedure } from '../../base.ts';
import type { EntityDetail } from '../../contract/entities.ts';
import { demandForAll } from '../../../auth/identity.ts';

const recentEvents = 200;

export const get = procedure('instance.read')
  .input(z.strictObject({ name: z.string().max(64), key: z.string().max(200) }))
  .query(async ({ ctx: { identity, installation }, input: { name, key } }): Promise<EntityDetail> => {
    demandForAll(identity, 'instance.read');
    const known = isStorableText(name) && isStorableText(key);
    const record = known ? await findEntity(installation.database.prisma, name, key) : undefined;
    if (!record) throw unknownEntity(name, key);
    const [row, events, waiting] = await Promise.all([
      entityRow(installation, record),
      recentEntityEvents(installation, record, recentEvents),
      Promise.all(record.waiting.map(async ({ operation, from }) => ({ operation, from: await withPersonName(installation, from) }))),
    ]);
    return { ...row, seq: record.seq, waiting, startedAt: record.createdAt.toISOString(), events };
  });
