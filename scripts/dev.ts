/**
 * `npm run dev`: the server, started again whenever its sources change, and Vite's development server for the web app in front of it.
 * Open the page Vite serves; the link that signs in leads there.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import serverFlags from '../apps/server/node-flags.json' with { type: 'json' };
import { onStopSignal } from '../apps/server/src/bootstrap/stop-signal.ts';

const root = join(import.meta.dirname, '..');
const port = process.env['PERDURE_PORT'] || '4680';
const webPort = process.env['PERDURE_WEB_PORT'] || '5173';
const publicUrl = `http://localhost:${webPort}`;
delete process.env['PERDURE_WEB_PORT'];

const children: ChildProcess[] = [];
onStopSignal(stopAll, () => process.exit(1));
run([...serverFlags, '--watch', '--watch-preserve-output', 'apps/server/src/main.ts'], root, {
  PERDURE_PORT: port,
  PERDURE_PUBLIC_URL: publicUrl,
});
run(['node_modules/vite/bin/vite.js', '--port', webPort, '--strictPort', '--clearScreen', 'false'], join(root, 'apps/web'), {
  PERDURE_DEV_SERVER: `http://localhost:${port}`,
});

function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): void {
  const child = spawn(process.execPath, [...args], { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  children.push(child);
  // One without the other is of no use.
  child.once('exit', (code) => {
    process.exitCode ??= code ?? 1;
    stopAll();
  });
}

function stopAll(): void {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
}
