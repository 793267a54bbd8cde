/** Puts a runtime together: durable store, hot store, and (unless this process only serves the API) a worker with its leases. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  entityInstanceId,
  instanceId,
  isFinal,
  isReservedForEntities,
  parseEntityId,
  type CommandBody,
  type EntityCommandBody,
  type EntityRequest,
  type Evaluation,
  type Evaluator,
  type HistoryEvent,
  type InstanceId,
  type InstanceState,
  type TestRun,
} from '@perdure/engine';
import type { createCatalogue, ExpressionAnalyser, Json } from '@perdure/graph';
import { createEvaluator, expressionAnalyser } from '@perdure/expressions';
import { createSandbox } from '@perdure/expressions/sandbox';
import type { Activity } from './activity-runner.ts';
import { Admission } from './admission.ts';
import { DatabaseClock } from './database-clock.ts';
import { DeathNotice } from './death-notice.ts';
import { DurablePayloads, notStored } from './durable-payloads.ts';
import { EntityTypes } from './entity-types.ts';
import { Intake } from './intake.ts';
import { isLargeJson, largestPayload } from './large-value.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { finishedInstance, reopens, unknownInstance } from './loader.ts';
import { LocalHotStore } from './local/local-hot-store.ts';
import { newExecutionId } from './new-execution-id.ts';
import { partitionOf } from './partition-of.ts';
import { PlanCache, type PublishedPlan } from './plan-cache.ts';
import type { ActivityQueue } from './ports/activity-queue.ts';
import type { DurableStore, InstanceHead } from './ports/durable-store.ts';
import type { RuntimeObserver } from './ports/runtime-observer.ts';
import type { HotStore } from './ports/hot-store.ts';
import { outageOf } from './postgres/outage.ts';
import { PostgresStore } from './postgres/postgres-store.ts';
import { RedisActivityQueue } from './redis/redis-activity-queue.ts';
import { RedisHotStore } from './redis/redis-hot-store.ts';
import type {
  EntitySignal,
  PublishedVersion,
  Runtime,
  RuntimeHealth,
  SendResult,
  SignalResult,
  StartRequest,
  StartResult,
  TooLarge,
} from './runtime.ts';
import { isLargerThan, storableJson, storableText } from './storable-json.ts';
import { StandingWatch } from './standing-watch.ts';
import { readState, workflowFold } from './stored-state.ts';
import { Watchers } from './watchers.ts';
import { Worker } from './worker.ts';
import { WriteBehindHotStore } from './write-behind-hot-store.ts';

export interface RuntimeOptions {
  databaseUrl: string;
  /** Null = the hot store inside this process; then no other process may work on the database. */
  redisUrl: string | null;
  /** False for a process that only serves the API. */
  worker: boolean;
  activities: readonly Activity[];
  /**
   * Where attempts are begun that were in flight when their worker vanished: in processes of their own, which one of them may end without harm
   * to the worker. Without it they are begun in this process, like everything else.
   */
  cells?: RuntimeCells;
  /** Takes over all partitions at once: only when it is certain that no other worker lives. */
  force?: boolean;
  workerId?: string;
  catalogue?: ReturnType<typeof createCatalogue>;
  analyser?: ExpressionAnalyser;
  leaseMs?: number;
  renewEveryMs?: number;
  activityConcurrency?: number;
  /** Activities of named queues run at once in this process. */
  queueConcurrency?: number;
  residentLimit?: number;
  claimLimit?: number;
  mailboxPollMs?: number;
  poolSize?: number;
  /** Stands between the runtime and its store: drills count, record and fail its calls. */
  throughStore?(store: DurableStore): DurableStore;
  onTrouble?(where: string, error: Error, about?: { readonly instanceId: string }): void;
  observer?: RuntimeObserver;
  /** The process has lost its right to work here for good and should end: a newer version, or a restored backup. In words for people. */
  onSuperseded?(reason: string): void;
  /** What this process writes (writer-format.ts); another number than its own only in tests. */
  writer?: number;
}

export interface RuntimeCells {
  /** Exports `createActivities(settings)` (ActivityModule), which makes the same activities as this process has. */
  module: URL;
  /** Plain data, without secrets. */
  settings: Json;
  /** Heap of each cell. */
  heapMb?: number;
  /** How long the main thread of a cell may not move; three leases unless told. */
  silenceMs?: number;
  /** Holds back what is about to be begun in one. */
  admit?(signal: AbortSignal): Promise<void>;
}

const defaultLeaseMs = 5_000;
/** How long a failure of the database counts as its state; leases are renewed more often. */
const outageShownMs = 5_000;

export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const postgres = new PostgresStore({
    url: options.databaseUrl,
    ...(options.poolSize === undefined ? {} : { poolSize: options.poolSize }),
    ...(options.writer === undefined ? {} : { writer: options.writer }),
  });
  try {
    // Workers that crashed leave leases behind that run out by themselves.
    await postgres.admit({ alone: options.force ?? false, patienceMs: 2 * (options.leaseMs ?? defaultLeaseMs) });
  } catch (error) {
    await postgres.close();
    throw error;
  }
  const store = options.throughStore?.(postgres) ?? postgres;
  const incarnation = await store.incarnation();
  const hot: HotStore = options.redisUrl === null ? new LocalHotStore() : await connectRedis(options.redisUrl, incarnation);
  const queue =
    options.redisUrl === null || !options.worker
      ? null
      : new RedisActivityQueue(
          options.redisUrl,
          incarnation,
          options.queueConcurrency === undefined ? {} : { concurrency: options.queueConcurrency },
        );
  return assembleRuntime({ store, hot, queue }, options);
}

/** What a runtime stands on. It closes them when it stops. */
export interface RuntimeParts {
  store: DurableStore;
  hot: HotStore;
  queue: ActivityQueue | null;
}

/** A runtime on parts that are there already. */
export async function assembleRuntime(
  { store, hot, queue }: RuntimeParts,
  options: Omit<RuntimeOptions, 'databaseUrl' | 'redisUrl' | 'queueConcurrency' | 'poolSize' | 'throughStore' | 'writer'>,
): Promise<Runtime> {
  const runtime = new AssembledRuntime(store, hot, queue, options, options.onTrouble ?? (() => {}));
  try {
    await runtime.begin();
  } catch (error) {
    // What was opened would keep the process alive.
    await runtime.stop();
    throw error;
  }
  return runtime;
}

async function connectRedis(url: string, incarnation: string): Promise<RedisHotStore> {
  const hot = new RedisHotStore(url, incarnation);
  await hot.ready();
  return hot;
}

class AssembledRuntime implements Runtime {
  readonly payloads: DurablePayloads;
  readonly #store: DurableStore;
  readonly #hot: WriteBehindHotStore;
  readonly #queue: ActivityQueue | null;
  readonly #plans: PlanCache;
  readonly #entityTypes: EntityTypes;
  readonly #watchers: Watchers;
  readonly #told = new Map<string, Set<(data: Json) => void>>();
  readonly #intake: Intake;
  readonly #worker: Worker | null;
  readonly #leases: LeaseKeeper | null;
  readonly #deathNotice: DeathNotice | null;
  /** Of a process without leases. */
  readonly #standing: StandingWatch | null;
  /** The last time the database could not serve, and why. */
  #outage = { reason: '', at: -Infinity };
  readonly #admission = new Admission({ onOutage: (reason) => this.#sawOutage(reason) });
  readonly #sandbox = createSandbox();
  readonly #workerId: string;
  readonly #options: Pick<RuntimeOptions, 'onTrouble'>;

  constructor(
    store: DurableStore,
    carrier: HotStore,
    queue: ActivityQueue | null,
    options: Parameters<typeof assembleRuntime>[1],
    onTroubleElsewhere: NonNullable<RuntimeOptions['onTrouble']>,
  ) {
    this.#store = store;
    const hot = new WriteBehindHotStore(carrier);
    this.#hot = hot;
    this.#queue = queue;
    this.#options = options;
    this.#workerId = options.workerId ?? `${hostname()}-${process.pid}-${randomUUID().slice(0, 4)}`;
    const payloads = new DurablePayloads(store);
    this.payloads = payloads;
    this.#plans = new PlanCache(store, options.analyser ?? expressionAnalyser, options.catalogue);
    this.#entityTypes = new EntityTypes(store, options.analyser ?? expressionAnalyser);
    const onTrouble: NonNullable<RuntimeOptions['onTrouble']> = (where, error, about) => {
      const reason = outageOf(error);
      if (reason !== null) this.#sawOutage(reason);
      onTroubleElsewhere(where, error, about);
    };
    this.#watchers = new Watchers(store, (error) => onTrouble('watchers', error));
    this.#intake = new Intake(store);
    const clock = new DatabaseClock();
    const evaluator = storing(
      createEvaluator({
        sandbox: this.#sandbox,
        payloads: {
          load: async (ref) => {
            const value = await payloads.load(ref.$payload);
            if (value === undefined) throw notStored(ref);
            return value;
          },
          keep: async (value) => {
            const json = await payloads.json(value);
            if (json === null) throw new Error('No limit was given.');
            return payloads.keep(json);
          },
        },
      }),
    );
    if (!options.worker) {
      this.#worker = null;
      this.#leases = null;
      this.#deathNotice = null;
      this.#standing = new StandingWatch(store.leases, (reason) => options.onSuperseded?.(reason));
    } else {
      const worker = new Worker({
        store,
        hot,
        clock,
        plans: this.#plans,
        entityTypes: this.#entityTypes,
        payloads,
        evaluator,
        activities: new Map(options.activities.map((activity) => [activity.name, activity])),
        cells: options.cells === undefined ? null : { heapMb: 256, silenceMs: 3 * (options.leaseMs ?? defaultLeaseMs), ...options.cells },
        queue,
        workerId: this.#workerId,
        partitions: partitionCount,
        activityConcurrency: options.activityConcurrency ?? 1_000,
        residentLimit: options.residentLimit ?? 2_000,
        claimLimit: options.claimLimit ?? 5,
        mailboxPollMs: options.mailboxPollMs ?? 1_000,
        leasesHold: () => this.#leases?.holds ?? false,
        mayBegin: () => this.#deathNotice?.mayBegin ?? false,
        onTrouble,
        observer: options.observer ?? null,
        onStored: (items, touchesTasks) => {
          const changed = items.map((item): [InstanceId, number] => [item.instanceId, item.seq]);
          this.#watchers.changed(changed, touchesTasks);
          hot.hint({ type: 'events', instances: changed, tasks: touchesTasks });
        },
      });
      this.#worker = worker;
      this.#standing = null;
      const leaseMs = options.leaseMs ?? defaultLeaseMs;
      const leases = new LeaseKeeper(store.leases, clock, {
        workerId: this.#workerId,
        host: hostname(),
        pid: process.pid,
        leaseMs,
        renewEveryMs: options.renewEveryMs ?? 1_000,
        force: options.force ?? false,
        onClaimed: (partitions) => worker.claimed(partitions),
        onLost: (partitions) => worker.lost(partitions),
        drain: async (partitions) => {
          await worker.drain(partitions);
          void hot.flush();
        },
        onTrouble: (error) => onTrouble('leases', error),
        onSuperseded: (reason) => options.onSuperseded?.(reason),
      });
      this.#leases = leases;
      this.#deathNotice = new DeathNotice(store.leases, {
        workerId: this.#workerId,
        leaseMs,
        keepLeases: () => leases.keepNow(),
        onMayBegin: () => worker.proceed(),
        // While the database cannot serve, the leases complain of it.
        onTrouble: (error) => {
          if (outageOf(error) === null) onTrouble('death notice', error);
        },
      });
    }
    hot.onHint((hint) => {
      if (hint.type === 'events')
        this.#watchers.changed(
          hint.instances.map(([id, seq]): [InstanceId, number] => [instanceId(id), seq]),
          hint.tasks,
        );
      else if (hint.type === 'published') this.#plans.published(hint.workflow);
      else if (hint.type === 'entity-type') this.#entityTypes.saved(hint.name);
      else if (hint.type === 'notice') for (const listener of this.#told.get(hint.topic) ?? []) listener(hint.data);
      else this.#worker?.look();
    });
  }

  async begin(): Promise<void> {
    await this.#standing?.start();
    await this.#leases?.start();
    this.#deathNotice?.start();
    this.#worker?.start();
    this.#watchers.start();
  }

  start(request: StartRequest): Promise<StartResult> {
    return this.#admission.run(() => this.#start(request));
  }

  send(id: InstanceId, command: CommandBody, messageId?: string): Promise<SendResult> {
    return this.#admission.run(() => this.#send(id, command, messageId));
  }

  async #start(request: StartRequest): Promise<StartResult> {
    const published = await this.#plans.find(request.workflow, request.version);
    if (published === null)
      return request.version === null
        ? { ok: false, code: 'workflow.unknown', message: `There is no published workflow ${request.workflow}.` }
        : { ok: false, code: 'version.unknown', message: `${request.workflow} has no version ${request.version}.` };
    const input = await this.#keepInput(request.input);
    if (input === undefined) return tooLarge('input', 'The input');
    const test = request.test && (await this.#keepTestRun(request.test));
    if (test === null) return tooLarge('test', 'The data of the test run');
    const more = {
      ...(request.traceParent === undefined ? {} : { traceParent: request.traceParent }),
      ...(test === undefined ? {} : { test }),
      ...(request.requester === undefined ? {} : { requester: storableText(request.requester) }),
      ...(request.coRequesters === undefined ? {} : { coRequesters: request.coRequesters.map(storableText) }),
    };
    const id = request.instanceId ?? instanceId(randomUUID().replaceAll('-', ''));
    if (storableText(id) !== id)
      return {
        ok: false,
        code: 'input.invalid',
        message: 'The instance id holds a character that cannot be stored. Use letters, digits and punctuation.',
      };
    if (isReservedForEntities(id))
      return { ok: false, code: 'input.invalid', message: 'An instance id cannot start with “@”: those are the ids of entities.' };
    const creation = {
      workflow: published.workflow,
      version: published.version,
      tags: (request.tags ?? []).map(storableText),
      startedBy: storableText(request.startedBy),
      parent: null,
      replace: request.replace ?? [],
    };
    if (this.#worker?.serves(id) === true) {
      const result = await this.#worker.startInstance(published, id, input, creation, more);
      if (result.ok) return { ok: true, instanceId: id, executionId: result.executionId ?? '' };
      return { ok: false, code: result.code === 'instance.exists' ? 'instance.exists' : 'unavailable', message: result.message };
    }
    const execution = newExecutionId();
    const { workflow, version, tags, startedBy } = creation;
    const partition = partitionOf(id, partitionCount);
    const body: CommandBody = {
      type: 'StartExecution',
      executionId: execution,
      workflow,
      version,
      input,
      tags,
      startedBy,
      parent: null,
      ...more,
    };
    const taken = await this.#intake.start({
      message: { partition, instanceId: id, messageId: `start:${id}:${execution}`, body },
      executionId: execution,
      creation,
    });
    this.#hot.hint({ type: 'mail', partitions: [partition] });
    this.#worker?.look();
    return taken
      ? { ok: true, instanceId: id, executionId: execution }
      : { ok: false, code: 'instance.exists', message: `An instance with the id ${id} exists.` };
  }

  async #send(id: InstanceId, asked: CommandBody, messageId?: string): Promise<SendResult> {
    if (isReservedForEntities(id)) return unknownInstance;
    // A command is JSON; texts of people and senders (names, comments, reasons) are mended like their data.
    let command = storableJson(asked as unknown as Json) as unknown as CommandBody;
    if (command.type === 'RaiseEvent') {
      const data = await this.#keepInput(command.data);
      if (data === undefined) return tooLarge('data', "The event's data");
      command = { ...command, data };
    } else if (command.type === 'DecideHumanTask') {
      const data = await this.#keepInput(command.data);
      if (data === undefined) return tooLarge('data', "The form's data");
      command = { ...command, data };
    } else if (command.type === 'SkipStep') {
      const output = await this.#keepInput(command.output);
      if (output === undefined) return tooLarge('output', 'The output');
      command = { ...command, output };
    } else if (command.type === 'EditVariables') {
      const values: Record<string, Json> = {};
      for (const [name, value] of Object.entries(command.values)) {
        const kept = await this.#keepInput(value);
        if (kept === undefined) return tooLarge(`values.${name}`, `The value of ${name}`);
        values[name] = kept;
      }
      command = { ...command, values };
    }
    if (this.#worker?.serves(id) === true) return this.#worker.send(id, command);
    const found = (await this.#store.load([id])).get(id);
    if (found === undefined) return unknownInstance;
    if (isFinal(found.status) && !(found.status === 'Failed' && reopens(command))) return finishedInstance;
    const partition = partitionOf(id, partitionCount);
    const message = { partition, instanceId: id, messageId: `ask:${messageId ?? randomUUID()}`, body: command };
    return this.#intake.ask(message, () => this.#hot.hint({ type: 'mail', partitions: [partition] }));
  }

  signalEntity(signal: EntitySignal): Promise<SignalResult> {
    return this.#admission.run(() => this.#signalEntity(signal));
  }

  async #signalEntity({ name, key, operation, input, at = null, by }: EntitySignal): Promise<SignalResult> {
    const entity = entityInstanceId(name.toLowerCase(), storableText(key));
    const id = parseEntityId(entity);
    if (id === null)
      return {
        ok: false,
        code: 'entity.invalid-id',
        message: 'An entity is addressed by the name of its type and a key of 1 to 200 characters without control characters.',
      };
    const type = this.#entityTypes.peek(id.name);
    if ((type === undefined ? await this.#entityTypes.find(id.name) : type) === null)
      return { ok: false, code: 'entity.unknown-type', message: `There is no entity type ${id.name}.` };
    const stored = await this.#keepInput(input);
    if (stored === undefined) return tooLarge('input', 'The input');
    const from = { kind: 'api' as const, by: storableText(by) };
    return this.#signal(entity, {
      id: randomUUID(),
      operation: storableText(operation),
      input: stored,
      mode: 'signal',
      from,
      at,
      lock: null,
    });
  }

  async #signal(entity: InstanceId, request: EntityRequest): Promise<SignalResult> {
    const body: EntityCommandBody = { type: 'Operate', request };
    if (this.#worker?.serves(entity) === true) {
      const result = await this.#worker.send(entity, body);
      return result.ok ? result : { ok: false, code: 'unavailable', message: result.message };
    }
    const partition = partitionOf(entity, partitionCount);
    await this.#intake.tell({ partition, instanceId: entity, messageId: `op:${request.id}`, body });
    this.#hot.hint({ type: 'mail', partitions: [partition] });
    this.#worker?.look();
    return { ok: true };
  }

  savedEntityType(name: string): void {
    this.#entityTypes.saved(name.toLowerCase());
    this.#hot.hint({ type: 'entity-type', name: name.toLowerCase() });
  }

  async purge(id: InstanceId): Promise<'purged' | 'not-found' | 'not-finished'> {
    if (isReservedForEntities(id)) return 'not-found';
    const result = await this.#store.purge(id);
    if (result === 'purged') {
      await this.#hot.forget([id]);
      this.#watchers.changed([], true);
    }
    return result;
  }

  async purgeUnchanged(heads: readonly InstanceHead[]): Promise<InstanceId[]> {
    const gone = await this.#store.purgeUnchanged(heads.filter(({ instanceId }) => !isReservedForEntities(instanceId)));
    if (gone.length > 0) {
      await this.#hot.forget(gone);
      this.#watchers.changed([], true);
    }
    return gone;
  }

  async stateOf(id: InstanceId): Promise<InstanceState | null> {
    if (isReservedForEntities(id)) return null;
    const stored = (await this.#store.load([id])).get(id);
    return stored === undefined ? null : readState(workflowFold, this.#store, stored, undefined, undefined);
  }

  watchInstance(id: InstanceId, listener: (seq: number) => void): () => void {
    return this.#watchers.watchInstance(id, listener);
  }

  async eventsAfter(id: InstanceId, afterSeq: number, limit: number): Promise<HistoryEvent[]> {
    const tail = await this.#hot.tailAfter(id, afterSeq);
    // Asked of workflow instances only.
    return tail === null ? this.#store.historyAfter(id, afterSeq, limit) : (tail.slice(0, limit) as HistoryEvent[]);
  }

  watchFeed(listener: (hint: { instances: boolean; tasks: boolean }) => void): () => void {
    return this.#watchers.watchFeed(listener);
  }

  async findPublished(workflow: string, version: number | null): Promise<PublishedVersion | null> {
    try {
      return await this.#findPublished(workflow, version);
    } catch (error) {
      const reason = outageOf(error);
      if (reason !== null) this.#sawOutage(reason);
      throw error;
    }
  }

  async #findPublished(workflow: string, version: number | null): Promise<PublishedVersion | null> {
    const published = await this.#planFor(workflow, version);
    if (published === null) return null;
    const { plan } = published;
    const start = plan.nodes.get(plan.start);
    return { version: published.version, inputSchema: start?.kind === 'start' ? start.inputSchema : null };
  }

  async #planFor(workflow: string, version: number | null): Promise<PublishedPlan | null> {
    // A snapshot of a draft needs no published version beside it.
    if (version !== null && version < 0) return this.#plans.find(workflow, version);
    // Looked up for a certain version, too: an archived workflow has no latest one any more.
    const latest = await this.#plans.latestVersion(workflow);
    return latest === null ? null : this.#plans.find(workflow, version ?? latest);
  }

  publishedVersion(workflow: string): void {
    this.#plans.published(workflow);
    this.#hot.hint({ type: 'published', workflow });
  }

  tellOthers(topic: string, data: Json): void {
    this.#hot.hint({ type: 'notice', topic, data });
  }

  onTold(topic: string, listener: (data: Json) => void): () => void {
    const listeners = this.#told.get(topic) ?? new Set();
    this.#told.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  #sawOutage(reason: string): void {
    this.#outage = { reason, at: performance.now() };
  }

  health(): RuntimeHealth {
    return {
      workerId: this.#workerId,
      partitionsOwned: this.#leases?.owned.length ?? 0,
      partitions: partitionCount,
      residentInstances: this.#worker?.residentCount ?? 0,
      runningActivities: this.#worker?.runningActivities ?? 0,
      waitingActivities: this.#worker?.waitingActivities ?? 0,
      cells: this.#worker?.cells ?? 0,
      commitQueue: this.#worker?.commitQueue ?? 0,
      hotStore: this.#hot.available() ? this.#hot.kind : 'unavailable',
      requestsUnderway: this.#admission.underway,
      outage: performance.now() - this.#outage.at < outageShownMs ? this.#outage.reason : null,
      counters: { ...this.#admission.counters, ...this.#worker?.counters },
    };
  }

  async stop(): Promise<void> {
    this.#watchers.stop();
    await this.#standing?.stop();
    await this.#leases?.stop().catch((error: Error) => this.#options.onTrouble?.('leases', error));
    await this.#deathNotice?.stop();
    await this.#worker?.stop();
    await this.#queue?.close();
    await this.#sandbox.close();
    await this.#hot.close();
    await this.#store.close();
  }

  /** Like an input, value by value; null when they are larger than allowed. */
  async #keepTestRun(test: TestRun): Promise<TestRun | null> {
    // A test run is JSON; texts in it are mended like an input's.
    const { from, ...rest } = storableJson(test as unknown as Json) as unknown as TestRun;
    if (isLargerThan(rest as unknown as Json, largestPayload)) return null;
    if (from === undefined) return rest;
    const keepAll = async (values: Record<string, Json>): Promise<Record<string, Json> | null> => {
      const kept: Record<string, Json> = {};
      for (const [name, value] of Object.entries(values)) {
        const one = await this.#keepInput(value);
        if (one === undefined) return null;
        kept[name] = one;
      }
      return kept;
    };
    const outputs = await keepAll(from.outputs);
    const vars = await keepAll(from.vars);
    return outputs && vars && { ...rest, from: { ...from, outputs, vars } };
  }

  /** The value as it is stored: by reference when large; undefined when larger than allowed. */
  async #keepInput(value: Json): Promise<Json | undefined> {
    if (!isLargeJson(value)) return storableJson(value);
    const json = await this.payloads.json(value, largestPayload);
    return json === null ? undefined : this.payloads.keep(json);
  }
}

function tooLarge(field: string, what: string): TooLarge {
  return {
    ok: false,
    code: 'payload.too-large',
    message: `${what} is larger than ${largestPayload / 1024 / 1024} MB.`,
    field,
    limit: largestPayload,
  };
}

/** What an expression builds may hold text that cannot be stored or queried; a turn with it could never be committed. */
function storing(evaluator: Evaluator): Evaluator {
  const mended = (evaluation: Evaluation): Evaluation => {
    if (!evaluation.ok || evaluation.value === undefined) return evaluation;
    const value = storableJson(evaluation.value);
    return value === evaluation.value ? evaluation : { ok: true, value };
  };
  return {
    ...evaluator,
    evaluate: (expression, scope, clock) => {
      const evaluation = evaluator.evaluate(expression, scope, clock);
      return evaluation instanceof Promise ? evaluation.then(mended) : mended(evaluation);
    },
  };
}

/** Fixed when the database is created: the first migration makes the rows. */
const partitionCount = 64;
