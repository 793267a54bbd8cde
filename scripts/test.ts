/** `npm test`: installs the system programs the tests need, where it may, and then runs everything `verify` runs. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

interface Program {
  readonly names: readonly string[];
  readonly aptPackage: string;
  readonly purpose: string;
}

const programs: readonly Program[] = [
  { names: ['redis-server', 'valkey-server'], aptPackage: 'redis-server', purpose: 'Redis, which the tests run for real' },
  {
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    aptPackage: 'chromium',
    purpose: 'the browser of the end-to-end tests',
  },
];

const missing = programs.filter((program) => !program.names.some(isOnPath));
if (missing.length > 0) {
  const packages = missing.map((program) => program.aptPackage);
  const mayInstall = isOnPath('apt-get') && (process.getuid?.() === 0 || process.env['CI'] === 'true');
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (mayInstall) {
    console.log(`Installing ${missing.map((program) => `${program.aptPackage} (${program.purpose})`).join(' and ')} with apt-get …`);
    apt([...sudo, 'apt-get', 'update', '-qq']);
    apt([...sudo, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages]);
  }
  const stillMissing = missing.filter((program) => !program.names.some(isOnPath));
  if (stillMissing.length > 0) {
    for (const program of stillMissing) console.error(`Missing: ${program.names.join(' or ')}, ${program.purpose}.`);
    console.error(`Install with: sudo apt-get install ${stillMissing.map((program) => program.aptPackage).join(' ')}`);
    console.log('0 passed, 1 failed');
    process.exit(1);
  }
}
await import('./verify.ts');

function apt(command: readonly string[]): void {
  const [file, ...args] = command;
  if (file === undefined) return;
  const { status, stdout, stderr } = spawnSync(file, args, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) console.error(`${command.join(' ')} failed:\n${stdout}${stderr}`);
}

function isOnPath(name: string): boolean {
  // Debian keeps servers where only root looks.
  return [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'].some(
    (directory) => directory !== '' && existsSync(join(directory, name)),
  );
}
