import { personName } from '@perdure/database/read';
import type { RequestSource } from '@perdure/engine';
import type { Installation } from '../installation.ts';

/** Where a request came from, a person by name. `names` spares asking twice. */
export async function withPersonName(
  { database }: Installation,
  from: RequestSource,
  names = new Map<string, Promise<string>>(),
): Promise<RequestSource> {
  if (from.kind !== 'api') return from;
  const name = names.get(from.by) ?? personName(database.prisma, from.by);
  names.set(from.by, name);
  return { kind: 'api', by: await name };
}
