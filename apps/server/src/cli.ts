/** `pnpm perdure <command>`: what an administrator does to a running installation from its machine. */
import { openDatabase, type Database } from '@perdure/database';
import { createSignInLink } from './auth/sign-in-link.ts';
import { loadConfiguration, type Configuration } from './bootstrap/configuration.ts';
import { lockHolder } from './bootstrap/data-lock.ts';
import { recordedAddresses } from './bootstrap/services.ts';

interface Command {
  readonly summary: string;
  run(configuration: Configuration): Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  'signin-link': {
    summary: 'Print a new link that signs the owner in, once.',
    run: (configuration) =>
      withDatabase(configuration, async (database) => {
        console.log(await createSignInLink(database, { publicUrl: publicUrlOf(configuration) }));
      }),
  },
};

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...rest]: readonly string[]): Promise<number> {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined || rest.length > 0) {
    if (name !== undefined && name !== 'help' && name !== '--help')
      console.error(`There is no such command: ${[name, ...rest].join(' ')}\n`);
    console.log('Usage: pnpm perdure <command>\n');
    for (const [title, { summary }] of Object.entries(commands)) console.log(`  ${title.padEnd(16)}${summary}`);
    return name === undefined || name === 'help' || name === '--help' ? 0 : 2;
  }
  const loaded = loadConfiguration(process.env, []);
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(problem);
    return 1;
  }
  return command.run(loaded.configuration);
}

async function withDatabase(configuration: Configuration, work: (database: Database) => Promise<void>): Promise<number> {
  const url = configuration.databaseUrl ?? recordedAddresses(configuration.dataDirectory).databaseUrl;
  if (url === undefined || (configuration.databaseUrl === null && lockHolder(configuration.dataDirectory) === undefined)) {
    console.error(
      `No Perdure is running from ${configuration.dataDirectory}. Start it with "npm start", or name its directory with PERDURE_DATA_DIR.`,
    );
    return 1;
  }
  const database = openDatabase({ url, poolSize: 1 });
  try {
    await work(database);
    return 0;
  } finally {
    await database.close();
  }
}

/** What this command was told counts; else what the running server was told. */
function publicUrlOf(configuration: Configuration): string {
  const told = process.env['PERDURE_PUBLIC_URL'] || process.env['PERDURE_PORT'] || process.env['PERDURE_HOST'];
  return told ? configuration.publicUrl : (recordedAddresses(configuration.dataDirectory).publicUrl ?? configuration.publicUrl);
}
