/** `pnpm perdure <command>`: what an administrator does to a running installation from its machine. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { openDatabase, type Database } from '@perdure/database';
import { ArchiveDamaged, backUp, restore, RestoreRefused } from '@perdure/database/backup';
import { appendAuditAlone } from '@perdure/database/write';
import { reportAudit } from './audit/report-audit.ts';
import { createSignInLink } from './auth/sign-in-link.ts';
import { loadConfiguration, type Configuration } from './bootstrap/configuration.ts';
import { lockHolder } from './bootstrap/data-lock.ts';
import { recordedAddresses } from './bootstrap/services.ts';
import { withWholeDatabase } from './bootstrap/whole-database.ts';

interface Command {
  readonly usage: string;
  readonly summary: string;
  /** Undefined when the words after the command are not what it takes. */
  prepare(words: readonly string[]): ((configuration: Configuration) => Promise<number>) | undefined;
}

const commands: Readonly<Record<string, Command>> = {
  'signin-link': {
    usage: 'signin-link',
    summary: 'Print a new link that signs the owner in, once.',
    prepare: (words) =>
      words.length > 0
        ? undefined
        : (configuration) =>
            withDatabase(configuration, async (database) => {
              console.log(await createSignInLink(database, { publicUrl: publicUrlOf(configuration) }));
            }),
  },
  backup: {
    usage: 'backup <file>',
    summary: 'Write everything the database holds to a new file, while Perdure runs or not.',
    prepare: ([file, ...rest]) =>
      file === undefined || file.startsWith('-') || rest.length > 0 ? undefined : (configuration) => makeBackup(configuration, file),
  },
  restore: {
    usage: 'restore <file> [--replace]',
    summary: 'Load a backup while Perdure is stopped; --replace throws away what the database holds.',
    prepare: (words) => {
      const [file, ...rest] = words.filter((word) => word !== '--replace');
      if (file === undefined || file.startsWith('-') || rest.length > 0) return undefined;
      return (configuration) => loadBackup(configuration, file, words.includes('--replace'));
    },
  },
  audit: {
    usage: 'audit verify [--expect <hash>]',
    summary: 'Check the chain of the audit log; --expect names a head printed earlier.',
    prepare: ([verb, flag, hash, ...rest]) => {
      if (verb !== 'verify' || rest.length > 0 || (flag !== undefined && flag !== '--expect')) return undefined;
      if (flag !== undefined && !/^[0-9a-f]{64}$/.test(hash ?? '')) return undefined;
      return (configuration) => withDatabase(configuration, (database) => reportAudit(database, hash ?? null));
    },
  },
};

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...rest]: readonly string[]): Promise<number> {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  const run = command?.prepare(rest);
  if (run === undefined) {
    const asked = name === undefined || name === 'help' || name === '--help';
    if (command !== undefined) console.error(`Usage: pnpm perdure ${command.usage}`);
    else {
      if (!asked) console.error(`There is no such command: ${[name, ...rest].join(' ')}\n`);
      console.log('Usage: pnpm perdure <command>\n');
      for (const { usage, summary } of Object.values(commands)) console.log(`  ${usage.padEnd(34)}${summary}`);
    }
    return asked ? 0 : 2;
  }
  const loaded = loadConfiguration(process.env, []);
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(problem);
    return 1;
  }
  return run(loaded.configuration);
}

/** pnpm changes into the package; a file is meant from where the person stands. */
function fileFrom(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

async function makeBackup(configuration: Configuration, path: string): Promise<number> {
  const file = fileFrom(path);
  if (existsSync(file)) {
    console.error(`${file} exists already. Choose another name.`);
    return 1;
  }
  return onWholeDatabase(configuration, 'live', async (url) => {
    const { createdAt, rows } = await backUp(url, file);
    const database = openDatabase({ url, poolSize: 1 });
    try {
      await appendAuditAlone(database.prisma, { actor: 'system', action: 'installation.backup', target: 'installation' });
    } finally {
      await database.close();
    }
    console.log(`Backed up ${describe(rows)}, as of ${createdAt}, to ${file} (${megabytes(statSync(file).size)}).`);
    console.log('It is not encrypted and holds what the database holds: keep it like the database.');
  });
}

async function loadBackup(configuration: Configuration, path: string, replace: boolean): Promise<number> {
  const file = fileFrom(path);
  if (!existsSync(file)) {
    console.error(`There is no file ${file}.`);
    return 1;
  }
  return onWholeDatabase(configuration, 'alone', async (url) => {
    const { createdAt, rows, migrated } = await restore(url, file, { replace });
    console.log(`Restored ${describe(rows)}, as of ${createdAt}.`);
    if (migrated.length > 0) console.log(`Brought them up to date (${migrated.join(', ')}).`);
    console.log('Nothing runs yet. Starting Perdure takes up every instance where it was; people sign in anew.');
  });
}

async function onWholeDatabase(configuration: Configuration, use: 'live' | 'alone', work: (url: string) => Promise<void>): Promise<number> {
  try {
    const done = await withWholeDatabase(configuration, use, (line) => console.log(line), work);
    if (done.ok) return 0;
    console.error(done.reason);
  } catch (error) {
    // What a person can mend needs no stack.
    console.error(error instanceof RestoreRefused || error instanceof ArchiveDamaged ? `Nothing was changed. ${error.message}` : error);
  }
  return 1;
}

function describe(rows: Readonly<Record<string, number>>): string {
  const { instance = 0, history_event: events = 0, workflow = 0 } = rows;
  return `${workflow} workflows and ${instance} instances with ${events} history events`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** `work` may give an exit code. */
async function withDatabase(configuration: Configuration, work: (database: Database) => Promise<number | void>): Promise<number> {
  const url = configuration.databaseUrl ?? recordedAddresses(configuration.dataDirectory).databaseUrl;
  if (url === undefined || (configuration.databaseUrl === null && lockHolder(configuration.dataDirectory) === undefined)) {
    console.error(
      `No Perdure is running from ${configuration.dataDirectory}. Start it with "npm start", or name its directory with PERDURE_DATA_DIR.`,
    );
    return 1;
  }
  const database = openDatabase({ url, poolSize: 1 });
  try {
    return (await work(database)) ?? 0;
  } finally {
    await database.close();
  }
}

/** What this command was told counts; else what the running server was told. */
function publicUrlOf(configuration: Configuration): string {
  const told = process.env['PERDURE_PUBLIC_URL'] || process.env['PERDURE_PORT'] || process.env['PERDURE_HOST'];
  return told ? configuration.publicUrl : (recordedAddresses(configuration.dataDirectory).publicUrl ?? configuration.publicUrl);
}
