import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

const watchdog = new URL('./watchdog.ts', import.meta.url).href;

/** A process of its own with a watchdog of 400 ms; gives how it ended. */
async function run(program: string, meanwhile: (pid: number) => Promise<void> = async () => {}) {
  const source = `import { startWatchdog } from ${JSON.stringify(watchdog)}; const stop = await startWatchdog(400); ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = once(child, 'exit');
  await meanwhile(child.pid ?? 0);
  const [code, signal] = (await ended) as [number | null, string | null]; // the arguments of `exit`
  return { code, signal, said };
}

const sleep = (ms: number) => new Promise((resume) => setTimeout(resume, ms));

it('ends a process whose main thread is blocked for ever, and says so', async () => {
  const { signal, said } = await run('setTimeout(() => { for (;;); }, 300);');
  expect(signal).toBe('SIGKILL');
  expect(said).toContain('has not moved for');
});

it('leaves one alone that works, is stopped as a whole for a while and goes on, and ends by itself', async () => {
  const stopped = async (pid: number): Promise<void> => {
    await sleep(700);
    process.kill(pid, 'SIGSTOP');
    await sleep(1_500);
    process.kill(pid, 'SIGCONT');
  };
  const program = 'setTimeout(() => {}, 1_200);';
  expect(await run(program, stopped)).toMatchObject({ code: 0, signal: null });
});

it('a stopped watchdog ends nothing', async () => {
  const program = 'await stop(); const end = Date.now() + 1_000; while (Date.now() < end);';
  expect(await run(program)).toMatchObject({ code: 0, signal: null });
});
