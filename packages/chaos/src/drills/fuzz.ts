import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillTemplate, type Json, type TemplateParameter } from '@perdure/graph';
import { seededRandom, startWorkerProcess, type WorkerProcess } from '@perdure/testing';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';
import type { Drill, DrillContext } from '../drill.ts';
import { among, anyExpression, anyValue, mutated, type Random } from '../fuzz-cases.ts';
import type { FuzzAnswer, FuzzQuestion, FuzzSettings } from '../fuzz-program.ts';
import { procedurePaths, proceduresFolder } from '../server-procedures.ts';

const program = new URL('../fuzz-program.ts', import.meta.url);

const template = join(proceduresFolder, '../../templates/order-approval.json');

const batch = 250;
/** A batch that takes longer hangs in the case at work. */
const batchLimitMs = 30_000;
const requestLimitMs = 20_000;
const requestsAtOnce = 6;
/** Definitions and expressions get the rest, half each. */
const requestShare = 0.1;

/**
 * Definitions, expressions and API requests as nobody should send them: nothing crashes, hangs, answers 5xx, lets a prototype be written to, or
 * tells a secret (I13). A case is named by seed and number.
 */
export const fuzz: Drill = {
  name: 'fuzz',
  title: 'Definitions, expressions and API requests, spoilt',
  unit: 'cases',
  sizes: { verify: 10_000, full: 1_000_000, part: 50_000 },
  limitMs: 20 * 60_000,
  async run(context) {
    const problems: string[] = [];
    const requests = Math.round(context.planned * requestShare);
    const definitions = Math.round((context.planned - requests) / 2);
    const expressions = context.planned - requests - definitions;
    const local = new LocalFuzz(context);
    const deepDefinitions = await local.run('definitions', definitions, problems);
    const deepExpressions = await local.run('expressions', expressions, problems);
    await local.end();

    const [postgres, redis] = [await context.database(), await context.redis()];
    const server = await startServerProcess({
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      apiKey: `canary-${context.seed}-${'k'.repeat(24)}`,
    });
    context.defer(() => server.kill());
    const api = await ApiFuzz.begin(server, await server.signIn(), postgres.url);
    await api.run(context.seed, requests);
    problems.push(...api.problems);
    return {
      planned: context.planned,
      injected: definitions + expressions + api.answered,
      acknowledged: api.accepted,
      duplicates: 0,
      verdicts: { I13: { holds: api.leaks.length === 0, count: api.leaks.length, examples: api.leaks.slice(0, 5) } },
      measured: { deepDefinitions, deepExpressions, accepted: api.accepted },
      problems: problems.slice(0, 20),
    };
  },
};

class LocalFuzz {
  readonly #context: DrillContext;
  readonly #place: string;
  #process: WorkerProcess | null = null;

  constructor(context: DrillContext) {
    this.#context = context;
    this.#place = join(context.folder, 'place');
    context.defer(() => this.end());
  }

  /** Gives how many cases went all the way. */
  async run(subject: FuzzQuestion['subject'], count: number, problems: string[]): Promise<number> {
    let deep = 0;
    for (let from = 0; from < count;) {
      const question: FuzzQuestion = { subject, seed: this.#context.seed, from, count: Math.min(batch, count - from) };
      const answer = await this.#ask(question);
      if (answer === 'stuck') {
        const number = Number(readFileSync(this.#place, 'utf8'));
        problems.push(`${subject} ${number}: it did not end, or ended the process`);
        from = number + 1;
        continue;
      }
      deep += answer.deep;
      for (const { number, what } of answer.broken) problems.push(`${subject} ${number}: ${what}`);
      from += question.count;
    }
    if (count > 0 && deep === 0) problems.push(`not one of ${count} ${subject} got beyond the checks at the door`);
    return deep;
  }

  async end(): Promise<void> {
    await this.#process?.kill();
    this.#process = null;
  }

  async #ask(question: FuzzQuestion): Promise<FuzzAnswer | 'stuck'> {
    this.#process ??= await startWorkerProcess(program, { place: this.#place } satisfies FuzzSettings);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'stuck'>((give) => (timer = setTimeout(() => give('stuck'), batchLimitMs)));
    const answer = await Promise.race([this.#process.ask<FuzzAnswer>(question).catch((): 'stuck' => 'stuck'), late]);
    clearTimeout(timer);
    if (answer === 'stuck') await this.end();
    return answer;
  }
}

interface Target {
  method: string;
  path: string;
}

class ApiFuzz {
  readonly problems: string[] = [];
  readonly leaks: string[] = [];
  answered = 0;
  /** Answered 2xx. */
  accepted = 0;
  readonly #server: ServerProcess;
  readonly #cookie: string;
  readonly #secrets: readonly string[];
  readonly #targets: readonly Target[];
  readonly #bodies: readonly Json[];

  private constructor(server: ServerProcess, cookie: string, databaseUrl: string, targets: readonly Target[], bodies: readonly Json[]) {
    this.#server = server;
    this.#cookie = cookie;
    this.#secrets = [
      server.apiKey,
      new URL(databaseUrl).password,
      ...cookie.split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1)),
    ].filter((secret) => secret.length > 7);
    this.#targets = targets;
    this.#bodies = bodies;
  }

  /** Every route that the server says it has, and every procedure there is a file of. */
  static async begin(server: ServerProcess, cookie: string, databaseUrl: string): Promise<ApiFuzz> {
    const answer = await fetch(`${server.origin}/openapi.json`);
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> }; // OpenAPI
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    const procedures = procedurePaths().flatMap((path) => [
      { method: 'POST', path },
      { method: 'GET', path },
    ]);
    const { document: unfilled, parameters } = JSON.parse(readFileSync(template, 'utf8')) as {
      document: Json;
      parameters: TemplateParameter[];
    }; // a template of the server
    const document = fillTemplate(unfilled, parameters, {});
    const bodies: Json[] = [
      { key: 'fuzz', title: 'Fuzz', document },
      { amount: 120, customer: 'x' },
      { workflow: 'order-approval', input: { amount: 120 }, tags: ['a'] },
      { id: 'fuzz-1', reason: 'because', recursive: true },
      { source: anyExpression(seededRandom('body')), scope: { input: {}, steps: {}, vars: {} } },
      { cursor: null, limit: 50, statuses: ['Running'], workflowKey: 'order-approval', text: 'a' },
      { key: 'order-approval', baseRevision: 1, document },
      { id: 'task', outcome: 'approved', data: { ok: true }, comment: '' },
    ];
    return new ApiFuzz(server, cookie, databaseUrl, [...routes, ...procedures], bodies);
  }

  async run(seed: string, count: number): Promise<void> {
    let number = 0;
    await Promise.all(
      Array.from({ length: requestsAtOnce }, async () => {
        while (number < count && !this.#server.isGone) await this.#request(seed, number++);
      }),
    );
    if (this.#server.isGone) this.problems.push(`the server ended\n${this.#server.output.slice(-2_000)}`);
    if (count > 100 && this.accepted === 0) this.problems.push('not one request was accepted');
    for (const secret of this.#secrets) if (this.#server.output.includes(secret)) this.leaks.push('a secret is in what the server printed');
  }

  async #request(seed: string, number: number): Promise<void> {
    const next = seededRandom(`${seed} requests ${number}`);
    const { method, path } = among(next, this.#targets);
    const part = (): string => encodeURIComponent(textOf(next).toWellFormed()) || '%20';
    const filled = path.replaceAll(/\{\w+\}/g, () => (next() < 0.4 ? 'order-approval' : part()));
    const body = JSON.stringify(next() < 0.7 ? mutated(next, among(next, this.#bodies)) : anyValue(next));
    const query =
      path.startsWith('/trpc/') && method === 'GET'
        ? `?input=${encodeURIComponent(body.toWellFormed())}`
        : next() < 0.4
          ? `?${part()}=${part()}&pageSize=${part()}&op=${part()}`
          : '';
    const withBody = method !== 'GET' && method !== 'DELETE';
    const init: RequestInit = {
      method,
      headers: {
        ...(path.startsWith('/trpc/') ? { cookie: this.#cookie, origin: this.#server.origin } : { 'x-functions-key': this.#server.apiKey }),
        ...(withBody
          ? { 'content-type': next() < 0.95 ? 'application/json' : among(next, ['text/plain', 'application/xml', 'a/b; charset=x']) }
          : {}),
      },
      ...(withBody ? { body: next() < 0.95 ? body : body.slice(0, Math.floor(next() * body.length)) } : {}),
      signal: AbortSignal.timeout(requestLimitMs),
    };
    const name = `request ${number}: ${method} ${`${filled}${query}`.slice(0, 300)}`;
    try {
      const answer = await fetch(`${this.#server.origin}${filled}${query}`, init);
      // A stream of events does not end by itself.
      const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
      if (isStream) await answer.body?.cancel();
      const text = isStream ? '' : await answer.text();
      this.answered += 1;
      if (answer.ok) this.accepted += 1;
      if (answer.status >= 500)
        this.problems.push(`${name} with ${body.slice(0, 500)} was answered ${answer.status} ${text.slice(0, 300)}`);
      if (this.#secrets.some((secret) => text.includes(secret) || [...answer.headers].some(([, value]) => value.includes(secret))))
        this.leaks.push(`${name} tells a secret`);
    } catch (error) {
      this.problems.push(`${name} with ${body.slice(0, 500)}: ${(error as Error).message}`);
    }
  }
}

function textOf(next: Random): string {
  const value = anyValue(next, 0);
  return typeof value === 'string' ? value : String(value);
}
