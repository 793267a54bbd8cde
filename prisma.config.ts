import { defineConfig } from 'prisma/config';

// Only `prisma generate` reads this: migrations are written by scripts/create-migration.ts and applied by packages/database.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
