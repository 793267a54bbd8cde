import { permissionsOf } from '../../../auth/identity.ts';
import { RequestError } from '../../../errors/request-error.ts';
import { procedure } from '../../base.ts';
import type { Me } from '../../contract.ts';

export const me = procedure('signed-in').query(async ({ ctx: { identity, installation } }): Promise<Me> => {
  if (identity.kind !== 'user') throw new RequestError('auth.forbidden', 'This is for people who are signed in, not for keys.');
  const { config, database, describe } = installation;
  const workers = await database.prisma.worker.count({ where: { heartbeatAt: { gt: new Date(Date.now() - 15_000) } } });
  return {
    user: { id: identity.id, name: identity.name, email: identity.email },
    groups: [...identity.groups],
    grants: identity.grants.map(({ role, folder, permissions }) => ({ role, folder, permissions: [...permissions] })),
    permissions: [...permissionsOf(identity)],
    installation: {
      version: config.version,
      postgres: describe.postgres,
      redis: describe.redis,
      workers,
      demoServices: config.embedded,
      mail: config.mail !== null,
    },
  };
});
