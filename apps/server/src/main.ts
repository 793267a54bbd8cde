/** `npm start`: one Perdure process. */
import { openDatabase } from '@perdure/database';
import { startInstallation } from './bootstrap/start-installation.ts';

await startInstallation(process.env, process.argv.slice(2), async ({ services }) => {
  const database = openDatabase({ url: services.databaseUrl, poolSize: 4 });
  await database.prisma.setting.findMany();
  return {
    ready: 'The database is ready.',
    stop: () => database.close(),
  };
});
