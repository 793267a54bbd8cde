export { openDatabase, type Database } from './open-database.ts';
export { migrate, MigrationRefused, type MigrateOptions } from './migrate.ts';
export { Prisma, type PrismaClient } from './generated/client.ts';
