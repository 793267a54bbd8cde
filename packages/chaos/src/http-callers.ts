/**
 * Programs that ask a real API process while something is wrong behind it: starts and events over HTTP, none waiting for another, with its health
 * looked at beside them. Says what they were answered: acknowledged things go to the scene's evidence (I1), everything else must be a refusal
 * that a program can act on.
 *
 * A1 an answer is 2xx, or 503 with Retry-After and an error that says what to do; none comes later than `answerLimitMs`, and no connection breaks;
 * A2 /healthz is 200 all the time; /readyz answers within its patience, and says 503 with a reason while nothing can be stored;
 * A3 the process' memory stays within `memoryLimitMb` of what it was before.
 */
import { eventually } from '@perdure/testing';
import type { ServerProcess } from '@perdure/testing/server-process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from './scene.ts';

const startEveryMs = 25;
const eventEveryMs = 100;
const healthEveryMs = 250;
/** Of a start, as docs/http-api.md has it: 10 s to look the workflow up and 15 s to store. One more for this machine. */
const answerLimitMs = 26_000;
/** /readyz asks Postgres for 2 s. */
const healthLimitMs = 5_000;
const memoryLimitMb = 200;
const recoveryLimitMs = 30_000;
const padding = 'x'.repeat(4_096);
const durable = '/runtime/webhooks/durabletask';

export class HttpCallers {
  readonly problems: string[] = [];
  readonly #server: ServerProcess;
  readonly #scene: Scene;
  #stored = 0;
  #refused = 0;
  #slowestAnswerMs = 0;
  #slowestHealthMs = 0;
  #slowestRecoveryMs = 0;
  #mostMemoryMb = 0;
  readonly #memoryBeforeMb: number;
  readonly #reasons = new Set<string>();

  constructor(server: ServerProcess, scene: Scene) {
    this.#server = server;
    this.#scene = scene;
    this.#memoryBeforeMb = memoryOf(server.pid);
  }

  get measured(): Record<string, number> {
    return {
      stored: this.#stored,
      refused: this.#refused,
      slowestAnswerMs: Math.round(this.#slowestAnswerMs),
      slowestHealthMs: Math.round(this.#slowestHealthMs),
      slowestRecoveryMs: Math.round(this.#slowestRecoveryMs),
      memoryGrewMb: Math.round(this.#mostMemoryMb - this.#memoryBeforeMb),
    };
  }

  /** Asks before, during and after the fault; resolves when the process is itself again and every request has been answered. */
  async throughout(name: string, fault: () => Promise<void>): Promise<void> {
    const listener = `listener-${name}`;
    await this.#scene.start('event', listener);
    const refusedBefore = this.#refused;
    this.#reasons.clear();
    let isOver = false;
    const underway = new Set<Promise<void>>();
    const repeated = async (everyMs: number, ask: (i: number) => Promise<void>): Promise<void> => {
      for (let i = 0; !isOver; i += 1) {
        const asking = ask(i).finally(() => underway.delete(asking));
        underway.add(asking);
        await sleep(everyMs);
      }
    };
    const asking = Promise.all([
      repeated(startEveryMs, async (i) => void (await this.#start(`asked-${name}-${i}`))),
      repeated(eventEveryMs, (i) => this.#raise(listener, `note-${name}-${i}`)),
      repeated(healthEveryMs, () => this.#lookAtHealth()),
    ]);
    // The process is warm, and has connections to lose.
    await sleep(1_000);
    await fault();
    const overAt = performance.now();
    let tries = 0;
    await eventually(
      'the API process is ready and takes starts again after the fault',
      async () => {
        const { ok } = await fetch(`${this.#server.origin}/readyz`, { signal: AbortSignal.timeout(healthLimitMs) }).catch(() => ({
          ok: false,
        }));
        return (ok && (await this.#start(`again-${name}-${(tries += 1)}`))) || undefined;
      },
      recoveryLimitMs,
    ).catch((error: Error) => this.problems.push(error.message));
    this.#slowestRecoveryMs = Math.max(this.#slowestRecoveryMs, performance.now() - overAt);
    isOver = true;
    await asking;
    await Promise.all(underway);
    if (this.#refused === refusedBefore) this.problems.push('No caller was ever refused: the fault was none.');
    if (this.#reasons.size === 0) this.problems.push('/readyz never said that nothing can be stored.');
    if (this.#mostMemoryMb - this.#memoryBeforeMb > memoryLimitMb)
      this.problems.push(`The API process grew from ${this.#memoryBeforeMb} MB to ${this.#mostMemoryMb} MB.`);
    if (this.#server.isGone) this.problems.push(`The API process ended: ${this.#server.output.slice(-1_000)}`);
    await this.#scene.send(listener, { type: 'RaiseEvent', id: `go-${name}`, name: 'go', data: {}, by: 'drill' });
    await this.#scene.ended(listener);
  }

  /** Whether it was acknowledged. */
  async #start(id: string): Promise<boolean> {
    const isStored = await this.#ask(`${durable}/orchestrators/chain/${id}`, { padding });
    if (isStored) this.#scene.acknowledged.push({ instanceId: id });
    return isStored;
  }

  async #raise(listener: string, name: string): Promise<void> {
    const isStored = await this.#ask(`${durable}/instances/${listener}/raiseEvent/${name}`, { padding });
    if (isStored) this.#scene.acknowledged.push({ instanceId: listener, event: name });
  }

  async #ask(path: string, body: object): Promise<boolean> {
    const askedAt = performance.now();
    try {
      const answer = await fetch(`${this.#server.origin}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-functions-key': this.#server.apiKey },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(answerLimitMs),
      });
      const text = await answer.text();
      if (answer.ok) this.#stored += 1;
      else if (isHelpfulRefusal(answer, text)) this.#refused += 1;
      else
        this.#complain(`${path} was answered ${answer.status} (Retry-After: ${answer.headers.get('retry-after')}): ${text.slice(0, 300)}`);
      return answer.ok;
    } catch (error) {
      this.#complain(`${path}: ${(error as Error).message} ${String((error as Error).cause ?? '')}`);
      return false;
    } finally {
      this.#slowestAnswerMs = Math.max(this.#slowestAnswerMs, performance.now() - askedAt);
    }
  }

  async #lookAtHealth(): Promise<void> {
    this.#mostMemoryMb = Math.max(this.#mostMemoryMb, memoryOf(this.#server.pid));
    const askedAt = performance.now();
    try {
      const look = (path: string): Promise<Response> =>
        fetch(`${this.#server.origin}${path}`, { signal: AbortSignal.timeout(healthLimitMs) });
      const [health, readiness] = await Promise.all([look('/healthz'), look('/readyz')]);
      await health.text();
      if (health.status !== 200) this.#complain(`/healthz was answered ${health.status}.`);
      const { reasons = [] } = (await readiness.json()) as { reasons?: string[] }; // as health-routes.ts has it
      for (const reason of reasons) this.#reasons.add(reason);
      const isSound = readiness.status === 200 || (readiness.status === 503 && reasons.length > 0 && readiness.headers.has('retry-after'));
      if (!isSound) this.#complain(`/readyz was answered ${readiness.status} with the reasons ${JSON.stringify(reasons)}.`);
    } catch (error) {
      this.#complain(`health: ${(error as Error).message}`);
    } finally {
      this.#slowestHealthMs = Math.max(this.#slowestHealthMs, performance.now() - askedAt);
    }
  }

  #complain(what: string): void {
    if (this.problems.length < 20) this.problems.push(what);
  }
}

/** A1 */
function isHelpfulRefusal(answer: Response, text: string): boolean {
  if (answer.status !== 503 || !/^\d+$/.test(answer.headers.get('retry-after') ?? '')) return false;
  const { error } = JSON.parse(text) as { error?: { code?: string; message?: string } }; // as error-answer.ts has it
  return error?.code === 'unavailable' && /try again/i.test(error.message ?? '');
}

/** Resident, in MB. */
function memoryOf(pid: number): number {
  try {
    const [, kb = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kb) / 1_024);
  } catch {
    return 0;
  }
}
