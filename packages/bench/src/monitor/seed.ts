/**
 * The database the monitor is measured on: 1,000,000 instances of 40 workflows, 10,000,000 history events, 100,000 open human tasks.
 *
 * Every instance is a copy of one that really ran: each way through the workflow is taken once by a runtime, and its rows are written again
 * and again by COPY under other ids, moments, workflows and errors. So all of them can be loaded, opened and acted on.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createRuntime, humanTaskId, partitionOf, type Activity } from '@perdure/runtime';
import { instanceId as asInstanceId, stepKey } from '@perdure/engine';
import { drawWorkflow, publishWorkflow, seededRandom } from '@perdure/testing';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** Raised when what is seeded changes: an older database is thrown away. */
export const seedFormat = 1;

const total = 1_000_000;
const openTasks = 100_000;
const workflowCount = 40;
const days = 86_400_000;
const longEvents = 50_000;

const document = drawWorkflow(
  {
    start: { type: 'start', title: 'Start' },
    prepare: { type: 'transform', title: 'Prepare', config: { value: { expr: '{ "amount": input.n * 2 }' } } },
    note: { type: 'setVariables', title: 'Take down', config: { variables: { seen: { expr: 'steps.prepare.output.amount' } } } },
    check: { type: 'transform', title: 'Check', config: { value: { expr: '{ "ok": vars.seen > 0 }' } } },
    size: { type: 'transform', title: 'Size', config: { value: { expr: 'vars.seen > 10 ? "large" : "small"' } } },
    route: { type: 'transform', title: 'Route', config: { value: { expr: '{ "to": steps.size.output }' } } },
    which: {
      type: 'condition',
      title: 'Which way',
      config: {
        cases: ['fail', 'event', 'task', 'timer', 'run', 'long'].map((key) => ({ key, label: key, when: `input.way = "${key}"` })),
      },
    },
    finish: { type: 'transform', title: 'Finish', config: { value: { expr: '{ "done": true }' } } },
    fails: { type: 'fail', title: 'Credit check', config: { code: 'SEED-CODE', message: 'SEED-MESSAGE' } },
    event: { type: 'event', title: 'Wait for changes', config: { name: 'SEED-EVENT' } },
    task: {
      type: 'humanTask',
      title: 'Approve',
      config: {
        title: 'Approve the order',
        context: { expr: '{ "amount": input.n }' },
        outcomes: [
          { key: 'approve', label: 'Approve', tone: 'primary' },
          { key: 'reject', label: 'Reject', tone: 'danger' },
        ],
      },
    },
    timer: { type: 'timer', title: 'Wait for pick-up', config: { mode: 'for', value: '900d' } },
    run: { type: 'http', title: 'Capture payment', config: { method: 'GET', url: 'https://example.com/', queue: 'nobody-serves-this' } },
    again: { type: 'loop', title: 'Again', config: { mode: 'while', condition: 'true', maxPasses: null } },
    wait: { type: 'event', title: 'Wait for a change', parent: 'again', config: { name: 'go' } },
    done: { type: 'end', title: 'Done', config: { value: { expr: '{ "ok": true }' } } },
  },
  [
    'start -> prepare',
    'prepare -> note',
    'note -> check',
    'check -> size',
    'size -> route',
    'route -> which',
    'which.otherwise -> finish',
    'which.fail -> fails',
    'which.event -> event',
    'which.task -> task',
    'which.timer -> timer',
    'which.run -> run',
    'which.long -> again',
    'again.body -> wait',
    'again -> done',
    'finish -> done',
    'event -> done',
    'task.approve -> done',
    'timer -> done',
    'run -> done',
  ],
);

type Way = 'done' | 'fail' | 'event' | 'task' | 'timer' | 'run' | 'suspended' | 'terminated' | 'long';

const counts: Record<Exclude<Way, 'done'>, number> = {
  task: openTasks,
  event: 40_000,
  timer: 15_000,
  run: 2_000,
  suspended: 1_000,
  fail: 25_000,
  terminated: 8_000,
  long: 10,
};

interface SeededWorkflow {
  key: string;
  versions: number;
}

/** Into a migrated, empty database. Takes some minutes. */
export async function seed(databaseUrl: string, say: (text: string) => void): Promise<void> {
  const workflows = Array.from({ length: workflowCount }, (_, i): SeededWorkflow => ({
    key: `flow-${String(i + 1).padStart(2, '0')}`,
    versions: 1 + (i % 5),
  }));
  for (const { key, versions } of workflows)
    for (let version = 1; version <= versions; version += 1) await publishWorkflow(databaseUrl, key, document);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    say('takes every way through the workflow once');
    const templates = await takeEveryWay(databaseUrl, client);
    await client.query(
      `DELETE FROM instance; DELETE FROM history_event; DELETE FROM checkpoint; DELETE FROM timer; DELETE FROM human_task;`,
    );
    await client.query('ALTER TABLE history_event DROP CONSTRAINT history_event_pkey');
    await copyAll(client, templates, workflows, say);
    say('indexes and analyses');
    await client.query(`SET maintenance_work_mem = '512MB'; SET statement_timeout = 0;`);
    await client.query('ALTER TABLE history_event ADD CONSTRAINT history_event_pkey PRIMARY KEY (instance_id, seq)');
    await client.query('VACUUM (ANALYZE)');
  } finally {
    await client.end();
  }
}

/** What one way through the workflow left behind, as lines of COPY with places for what differs. */
interface Template {
  instance: Copied;
  events: Copied;
  checkpoints: Copied;
  timers: Copied;
  tasks: Copied;
  /** Its open task's step. */
  task: string | null;
}

/** Literals and the places between them: literal, place, literal, … */
type Copied = readonly string[];

/** Its instances are found in the middle of it. */
const neverDone: Activity = {
  name: 'http',
  run: (_input, { signal }) => new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('stopped')))),
};

const templateId = 'TEMPLATE-ID';
const templateWorkflow = 'flow-01';

async function takeEveryWay(databaseUrl: string, client: pg.Client): Promise<ReadonlyMap<Way, Template>> {
  const runtime = await createRuntime({ databaseUrl, redisUrl: null, worker: true, force: true, activities: [neverDone] });
  try {
    const templates = new Map<Way, Template>();
    const ways: readonly Way[] = ['done', 'fail', 'event', 'task', 'timer', 'run', 'suspended', 'terminated', 'long'];
    for (const way of ways) {
      const id = asInstanceId(`${templateId}-${way}`);
      const input = { n: 21, way: way === 'suspended' || way === 'terminated' ? 'event' : way };
      const started = await runtime.start({ workflow: templateWorkflow, version: 1, input, startedBy: 'seed', instanceId: id });
      if (!started.ok) throw new Error(started.message);
      await untilQuiet(client, id);
      const send = async (command: Parameters<typeof runtime.send>[1]): Promise<void> => {
        const sent = await runtime.send(id, command);
        if (!sent.ok) throw new Error(sent.message);
      };
      if (way === 'suspended') await send({ type: 'Suspend', reason: 'Maintenance of the bank', by: 'seed' });
      if (way === 'terminated') await send({ type: 'Terminate', reason: 'Ordered twice', by: 'seed', recursive: false });
      if (way === 'long')
        // EventRaised, EventReceived, PassEnded, PassStarted, EventAwaited.
        for (let raised = 0; raised < longEvents / 5; raised += 100)
          await Promise.all(
            Array.from({ length: 100 }, (_, i) => send({ type: 'RaiseEvent', id: `go-${raised + i}`, name: 'go', data: null, by: 'seed' })),
          );
      await untilQuiet(client, id);
      templates.set(way, await readTemplate(client, id, started.executionId));
    }
    return templates;
  } finally {
    await runtime.stop();
  }
}

async function untilQuiet(client: pg.Client, id: string): Promise<void> {
  for (let before = -1; ;) {
    const { rows } = await client.query<{ seq: number }>('SELECT seq FROM instance WHERE id = $1', [id]);
    const seq = rows[0]?.seq ?? 0;
    if (seq > 0 && seq === before) return;
    before = seq;
    await new Promise((resume) => setTimeout(resume, 300));
  }
}

/** Columns whose values are each instance's own, by the place that stands for them. */
const ownColumns: Readonly<Record<string, string>> = {
  id: 'id',
  instance_id: 'id',
  execution_id: 'execution',
  workflow_key: 'workflow',
  version: 'version',
  partition: 'partition',
  tags: 'tags',
  created_at: 'created',
  updated_at: 'updated',
  completed_at: 'completed',
  at: 'at',
  priority: 'priority',
  due_at: 'due',
};

async function readTemplate(client: pg.Client, id: string, execution: string): Promise<Template> {
  const { rows: tasks } = await client.query<{ id: string; step: string }>('SELECT id, step FROM human_task WHERE instance_id = $1', [id]);
  const task = tasks[0];
  const read = async (table: string, order: string, key = 'instance_id'): Promise<Copied> => {
    const { rows, fields } = await client.query<Record<string, string | null>>({
      text: `SELECT ${columns[table]?.map((name) => `"${name}"::text`).join(', ')} FROM ${table} WHERE ${key} = $1 ORDER BY ${order}`,
      values: [id],
    });
    const text = rows
      .map(
        (row, line) =>
          `${fields
            .map(({ name }) => {
              const place = table === 'human_task' && name === 'id' ? 'task' : ownColumns[name];
              const value = row[name];
              // How far through its life the instance was, in thousandths.
              if (place === 'at') return `\u0001at${Math.round((line * 1_000) / Math.max(1, rows.length - 1))}\u0001`;
              if (place !== undefined && (value ?? null) !== null) return `\u0001${place}\u0001`;
              if (name === 'due_at') return '\u0001due\u0001';
              return value === null || value === undefined ? '\\N' : escaped(value);
            })
            .join('\t')}\n`,
      )
      .join('');
    const own: readonly (readonly [string, string])[] = [
      [id, 'id'],
      [execution, 'execution'],
      [`"${templateWorkflow}"`, 'workflowText'],
      ['SEED-CODE', 'code'],
      ['SEED-MESSAGE', 'message'],
      ['SEED-EVENT', 'event'],
      ...(task === undefined ? [] : [[task.id, 'task'] as const]),
    ];
    return own.reduce((all, [found, place]) => all.replaceAll(found, `\u0001${place}\u0001`), text).split('\u0001');
  };
  return {
    instance: await read('instance', 'id', 'id'),
    events: await read('history_event', 'seq'),
    checkpoints: await read('checkpoint', 'seq'),
    timers: await read('timer', 'timer_id'),
    tasks: await read('human_task', 'id'),
    task: task?.step ?? null,
  };
}

/** As COPY reads text. */
function escaped(value: string): string {
  return value.replaceAll(/[\\\n\t\r]/g, (found) => ({ '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r' })[found] ?? found);
}

const columns: Readonly<Record<string, readonly string[]>> = {
  instance: [
    'id',
    'partition',
    'execution_id',
    'workflow_key',
    'version',
    'status',
    'seq',
    'tags',
    'started_by',
    'whereabouts',
    'running_activities',
    'checkpoint_seq',
    'created_at',
    'updated_at',
    'completed_at',
  ],
  history_event: ['instance_id', 'seq', 'type', 'at', 'data'],
  checkpoint: ['instance_id', 'seq', 'state'],
  timer: ['instance_id', 'timer_id', 'partition', 'fire_at'],
  human_task: [
    'id',
    'instance_id',
    'execution_id',
    'step',
    'node',
    'workflow_key',
    'version',
    'title',
    'description',
    'context',
    'candidates',
    'priority',
    'form_schema',
    'outcomes',
    'due_at',
    'deadline_at',
    'status',
    'assignee',
    'claimed_at',
    'created_at',
  ],
};

const perCopy = 25_000;

async function copyAll(
  client: pg.Client,
  templates: ReadonlyMap<Way, Template>,
  workflows: readonly SeededWorkflow[],
  say: (text: string) => void,
): Promise<void> {
  const random = seededRandom('monitor');
  const ways = shuffledWays(random);
  const now = Date.now();
  const zipf = zipfOver(workflows.length);
  const moments = Array.from({ length: total }, () => now - Math.min(400 * days, -Math.log(1 - random()) * 60 * days)).sort(
    (a, b) => a - b,
  );
  for (let from = 0; from < total; from += perCopy) {
    const clones: { way: Way; places: Readonly<Record<string, string>> }[] = [];
    for (let i = from; i < Math.min(total, from + perCopy); i += 1) {
      const way = ways[i] ?? 'done';
      // Few errors make most of the failures: 200 kinds, each of one workflow.
      const error = Math.floor(200 ** random()) - 1;
      const workflow = workflows[way === 'fail' ? (error * 7) % workflows.length : zipf(random())] ?? {
        key: templateWorkflow,
        versions: 1,
      };
      clones.push({ way, places: placesOf(i, way, error, workflow, moments[i] ?? now, now, random, templates.get(way)?.task ?? null) });
    }
    for (const [table, of] of [
      ['instance', 'instance'],
      ['history_event', 'events'],
      ['checkpoint', 'checkpoints'],
      ['timer', 'timers'],
      ['human_task', 'tasks'],
    ] as const)
      await copy(client, table, clones, (way) => templates.get(way)?.[of] ?? []);
    if ((from / perCopy) % 8 === 0) say(`has copied ${from.toLocaleString('en')} instances`);
  }
}

/** The unfinished and the failed ones are spread over the time, but no unfinished one is older than others of its kind. */
function shuffledWays(random: () => number): Way[] {
  const ways: Way[] = [];
  for (const [way, count] of Object.entries(counts) as [Way, number][]) for (let i = 0; i < count; i += 1) ways.push(way);
  while (ways.length < total) ways.push('done');
  for (let i = ways.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [ways[i], ways[j]] = [ways[j] ?? 'done', ways[i] ?? 'done'];
  }
  return ways;
}

function zipfOver(count: number): (chance: number) => number {
  const weights = Array.from({ length: count }, (_, i) => 1 / (i + 1));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return (chance) => {
    let left = chance * sum;
    const found = weights.findIndex((weight) => (left -= weight) < 0);
    return found === -1 ? count - 1 : found;
  };
}

const errors = [
  '503 Service Unavailable',
  'Timeout after SECONDS s',
  'duplicate key value violates unique constraint',
  'Too many connections',
  'VAT number is not valid',
];
const seededEvents = ['order.changed', 'consent.given', 'payment.settled', 'parcel.returned'];

function placesOf(
  i: number,
  way: Way,
  kind: number,
  { key, versions }: SeededWorkflow,
  createdAt: number,
  now: number,
  random: () => number,
  task: string | null,
): Readonly<Record<string, string>> {
  const id = `${key.slice(-2)}-${way === 'long' ? 'LONG' : 'ORD'}-${String(i).padStart(7, '0')}`;
  const execution = `e${i.toString(36)}`;
  const isFinished = way === 'done' || way === 'fail' || way === 'terminated';
  // Log-normal around two seconds; one in a hundred takes hours or days.
  const tookMs = random() < 0.01 ? random() * 10 * days : Math.exp(7.6 + 1.5 * (random() + random() + random() - 1.5) * 2);
  const completedAt = Math.min(now, createdAt + tookMs);
  const tags = [
    random() < 0.4 ? (['eu', 'us', 'apac'][Math.floor(random() * 3)] ?? 'eu') : null,
    random() < 0.02 ? 'gold' : null,
    random() < 0.0003 ? 'audit' : null,
  ];
  const updatedAt = isFinished || way === 'long' ? completedAt : Math.min(now, createdAt + 1_000 * random());
  return {
    id,
    execution,
    workflow: key,
    workflowText: `"${key}"`,
    version: String(1 + Math.floor(versions * Math.min(0.999, (i / total) * 1.05))),
    partition: String(partitionOf(id, 64)),
    tags: `{${tags.filter((tag) => tag !== null).join(',')}}`,
    created: new Date(createdAt).toISOString(),
    updated: new Date(updatedAt).toISOString(),
    completed: new Date(completedAt).toISOString(),
    code: `Code${kind % 40}`,
    message: `${(errors[kind % errors.length] ?? '').replace('SECONDS', String(1 + (i % 30)))} at step ${'abcdefghijklmnopqrstuvwxyz'[kind % 26]}${'abcdefgh'[Math.floor(kind / 26)]}, order ${i}`,
    event: seededEvents[i % 40 === 0 ? 3 : i % 3] ?? '',
    task: task === null ? '' : humanTaskId(asInstanceId(id), execution, stepKey(task)),
    priority: String(Math.floor(random() * 100)),
    due: random() < 0.5 ? new Date(createdAt + random() * 90 * days).toISOString() : '\\N',
  };
}

/** `at250`: a quarter through. */
function momentOf(place: string, { created = '', updated = '' }: Readonly<Record<string, string>>): string {
  const [from, to] = [Date.parse(created), Date.parse(updated)];
  return new Date(from + ((to - from) * Number(place.slice(2))) / 1_000).toISOString();
}

async function copy(
  client: pg.Client,
  table: string,
  clones: readonly { way: Way; places: Readonly<Record<string, string>> }[],
  of: (way: Way) => Copied,
): Promise<void> {
  function* lines(): Generator<string> {
    for (const { way, places } of clones) {
      const pieces = of(way);
      if (pieces.length > 1) yield pieces.map((piece, i) => (i % 2 === 0 ? piece : (places[piece] ?? momentOf(piece, places)))).join('');
    }
  }
  const names = columns[table]?.map((name) => `"${name}"`).join(', ');
  await pipeline(Readable.from(lines()), client.query(copyFrom(`COPY ${table} (${names}) FROM STDIN`)));
}
