/**
 * `node scripts/create-migration.ts <name>`: writes prisma/migrations/NNNN_<name>/migration.sql, the SQL that takes the existing
 * migrations to prisma/schema.prisma. With `--check` instead of a name it writes nothing and fails when there is such a difference. It needs no database of yours: it plays the migrations into a scratch Postgres.
 *
 * Prisma's own `migrate dev` downloads a native schema engine; this uses the same engine as WebAssembly, from npm.
 */
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, initialiseCluster, startCluster } from '@perdure/embedded';

const root = join(import.meta.dirname, '..');
const migrationsDirectory = join(root, 'prisma', 'migrations');

const name = process.argv[2];
const check = name === '--check';
if (name === undefined || (!check && !/^[a-z0-9_]+$/.test(name))) {
  console.error('Name the migration in lower case with underscores: node scripts/create-migration.ts add_incidents');
  process.exit(2);
}

const existing = readdirSync(migrationsDirectory, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();
const scratch = await mkdtemp(join(tmpdir(), 'perdure-migration-'));
const cluster = { directory: join(scratch, 'postgres'), port: await freePort(), password: 'scratch' };
await initialiseCluster({ ...cluster, durable: false });
const server = await startCluster({ ...cluster, settings: { fsync: 'off' }, logFile: join(scratch, 'log'), endWithParent: true });
try {
  const sql = await difference(server.url('postgres'));
  if (sql.trim() === '' || sql.startsWith('-- This is an empty migration')) console.log('The schema has not changed: nothing to migrate.');
  else if (check) {
    console.error(
      `The migrations do not lead to prisma/schema.prisma. Missing:\n\n${sql}\nWrite it with: node scripts/create-migration.ts <name>`,
    );
    process.exitCode = 1;
  } else {
    const target = join(migrationsDirectory, `${String(existing.length + 1).padStart(4, '0')}_${name}`);
    mkdirSync(target);
    writeFileSync(join(target, 'migration.sql'), sql);
    console.log(`Wrote ${target.slice(root.length + 1)}/migration.sql. Read it before you commit it.`);
  }
} finally {
  await server.stop();
  await rm(scratch, { recursive: true, force: true });
}

async function difference(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE DATABASE shadow');
  await client.end();
  const shadowUrl = url.replace(/\/[^/]*$/, '/shadow');
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => new PrismaPg({ connectionString: url }).connect(),
    connectToShadowDb: () => connectToShadow(shadowUrl),
  });
  const require = createRequire(import.meta.url);
  const wasmFile = require.resolve('@prisma/schema-engine-wasm').replace(/schema_engine\.js$/, 'schema_engine_bg.wasm');
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmFile), { './schema_engine_bg.js': engineModule as never });
  engineModule.__wbg_set_wasm(instance.exports);
  // The package's types leave out the start function its own loader calls.
  (instance.exports['__wbindgen_start'] as () => void)();
  // Where the engine says why it gave up.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => console.error(message) } });
  const engine = await engineModule.SchemaEngine.new({ datamodels: undefined }, () => undefined, factory);
  try {
    const { stdout } = await engine.diff({
      from:
        existing.length === 0
          ? { tag: 'empty' }
          : {
              tag: 'migrations',
              baseDir: migrationsDirectory,
              lockfile: { path: 'migration_lock.toml', content: readFileSync(join(migrationsDirectory, 'migration_lock.toml'), 'utf8') },
              shadowDbInitScript: '',
              migrationDirectories: existing.map((path) => ({
                path,
                migrationFile: {
                  path: 'migration.sql',
                  content: { tag: 'ok', value: readFileSync(join(migrationsDirectory, path, 'migration.sql'), 'utf8') },
                },
              })),
            },
      to: {
        tag: 'schemaDatamodel',
        files: [{ path: join(root, 'prisma', 'schema.prisma'), content: readFileSync(join(root, 'prisma', 'schema.prisma'), 'utf8') }],
      },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout ?? '';
  } finally {
    engine.free();
  }
}

/** Prisma's adapter, with two of its habits undone that only the schema engine's catalogue queries and our scripts meet. */
async function connectToShadow(connectionString: string) {
  const pool = new pg.Pool({ connectionString });
  const query = pool.query.bind(pool);
  const textOid = 25;
  const charOid = 18;
  // It knows no type for the catalogue's one-byte "char", which the engine asks for. The cast: `query` has a dozen overloads.
  const charColumns = new WeakMap<object, number[]>();
  const ask = query as unknown as (...parameters: readonly unknown[]) => Promise<pg.QueryResult>;
  pool.query = (async (...parameters: readonly unknown[]) => {
    const result = await ask(...parameters);
    const columns = result.fields.flatMap((field, index) => (field.dataTypeID === charOid ? [index] : []));
    for (const index of columns) result.fields[index]!.dataTypeID = textOid;
    charColumns.set(result.rows, columns);
    return result;
  }) as unknown as typeof pool.query;
  const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (parameters) => {
    const result = await queryRaw(parameters);
    for (const index of charColumns.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  // It cuts a script at every semicolon, also inside function bodies and comments; the server takes it whole.
  adapter.executeScript = async (script) => void (await query(script));
  return adapter;
}
