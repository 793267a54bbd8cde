import { permissionsOf } from '../../../auth/identity.ts';
import { demandUser } from '../../../auth/demand-user.ts';
import { procedure } from '../../base.ts';
import type { Me } from '../../contract/people.ts';

export const me = procedure('signed-in').query(async ({ ctx: { identity, installation } }): Promise<Me> => {
  const { id, name, email, groups, grants } = demandUser(identity);
  const { config, database, describe } = installation;
  const workers = await database.prisma.worker.count({ where: { heartbeatAt: { gt: new Date(Date.now() - 15_000) } } });
  return {
    user: { id, name, email },
    groups: [...groups],
    grants: grants.map(({ role, folder, permissions }) => ({ role, folder, permissions: [...permissions] })),
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
