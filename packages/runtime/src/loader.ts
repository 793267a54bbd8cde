/**
 * How instances come into memory: commands for one that is not there wait here while its row, its state and its plan are read.
 *
 * O1 from the moment a resident's inbox is taken out of the waiting ones nothing is awaited until the worker has it, so that a command finds
 *    either the waiting ones or the resident (W2);
 * O2 a state read while its partition changed hands is thrown away, also when the partition came back (W1);
 * O3 one that cannot be read answers its senders and keeps no other of its page out.
 *
 * Not here: what is done with a resident (the worker), how a state is put together (stored-state.ts).
 */
import {
  initialEntityState,
  initialState,
  isFinal,
  parseEntityId,
  releasesOf,
  timerId,
  type InstanceId,
  type InstanceState,
  type InstanceStatus,
  type ParentLink,
  type StepKey,
} from '@perdure/engine';
import type { Arrival, Claims, Verdict } from './claims.ts';
import { EntityDecider } from './entity-decider.ts';
import type { EntityTypes } from './entity-types.ts';
import { partitionOf } from './partition-of.ts';
import type { PlanCache, PublishedPlan } from './plan-cache.ts';
import type { Decider, InstanceCommand } from './ports/decider.ts';
import type { DurableStore, InstanceCreation, OutgoingMessage, Ownership, StoredHistory, StoredInstance } from './ports/durable-store.ts';
import type { HotInstance, HotStore } from './ports/hot-store.ts';
import type { QueuedCommand, Resident } from './resident.ts';
import type { SendResult } from './runtime.ts';
import { entityFold, readState, workflowFold } from './stored-state.ts';
import { WorkflowDecider } from './workflow-decider.ts';

const loadLimit = 500;
/** While one page waits for the database, another's states are put together. */
const loadsAtOnce = 2;
/** As long as there is a whole page for each: after a takeover, loading must not wait behind the commits of what was loaded before. */
const fullLoadsAtOnce = 6;
const awaitStartMs = 50;

export const unavailable: SendResult = {
  ok: false,
  code: 'unavailable',
  message: 'The worker gave this instance up before the command was stored. Try again.',
};
export const unknownInstance: SendResult = { ok: false, code: 'instance.unknown', message: 'There is no instance with this id.' };
export const finishedInstance: SendResult = { ok: false, code: 'instance.finished', message: 'The instance has finished.' };

export interface LoaderOptions {
  store: DurableStore;
  hot: HotStore;
  plans: PlanCache;
  entityTypes: EntityTypes;
  partitions: number;
  claims: Claims;
  /** Whether activities of named queues go there. */
  withQueues: boolean;
  /** How the partition is owned now; undefined when it is not. */
  ownershipOf(partition: number): Ownership | undefined;
  /** Takes the resident into memory. `verdicts`: on those of its unfinished activities that are not simply to be run. */
  admit(resident: Resident, verdicts: ReadonlyMap<StepKey, Verdict>): void;
  /** A command for an instance that is in memory, or that has to be loaded. */
  enqueue(id: InstanceId, command: QueuedCommand): void;
  /** A wake-up found an instance that cannot be read: to be tried again. */
  wakeLater(id: InstanceId): void;
  /** These are in the store. */
  deliver(messages: readonly OutgoingMessage[]): void;
  /** A start message is in the store and has not been fetched. */
  lookForMail(): void;
  onTrouble(where: string, error: Error, about?: { readonly instanceId: string }): void;
}

export class Loader {
  readonly #options: LoaderOptions;
  /** Commands for instances that are not in memory yet. */
  readonly #arriving = new Map<InstanceId, QueuedCommand[]>();
  readonly #loading = new Set<InstanceId>();
  /** Pending ones whose start message is still on its way. */
  readonly #awaitingStart = new Set<InstanceId>();
  #scheduled = false;
  #loads = 0;
  readonly counters = { loadsHot: 0, loadsDurable: 0 };

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  /** Whether commands wait for this instance. */
  awaits(id: InstanceId): boolean {
    return this.#arriving.has(id);
  }

  /** Brings the instance into memory for this command. */
  load(id: InstanceId, command: QueuedCommand): void {
    const waiting = this.#arriving.get(id);
    if (waiting === undefined) this.#arriving.set(id, [command]);
    else waiting.push(command);
    this.#schedule();
  }

  /** Makes an instance that is believed to be new; its first commit tells. */
  create(id: InstanceId, published: PublishedPlan, start: QueuedCommand): void {
    const partition = partitionOf(id, this.#options.partitions);
    const epoch = this.#options.ownershipOf(partition)?.epoch;
    if (epoch === undefined) {
      start.settle(unavailable);
      return;
    }
    this.#options.admit(unstored(id, partition, epoch, this.#workflow(published, initialState(id)), [start]), new Map());
  }

  /** The partition is lost: whoever waits for an instance of it is told so. */
  drop(partition: number): void {
    for (const [id, commands] of this.#arriving) {
      if (partitionOf(id, this.#options.partitions) !== partition) continue;
      this.#arriving.delete(id);
      for (const { settle } of commands) settle(unavailable);
    }
  }

  get #mayLoad(): boolean {
    return this.#loads < loadsAtOnce || (this.#loads < fullLoadsAtOnce && this.#arriving.size - this.#loading.size >= loadLimit);
  }

  #schedule(): void {
    if (this.#scheduled || !this.#mayLoad) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const wanted: InstanceId[] = [];
      for (const id of this.#arriving.keys()) {
        if (wanted.length === loadLimit) break;
        if (!this.#loading.has(id) && !this.#awaitingStart.has(id)) wanted.push(id);
      }
      if (wanted.length === 0) return;
      for (const id of wanted) this.#loading.add(id);
      this.#loads += 1;
      void this.#load(wanted)
        .catch(async (error: Error) => {
          this.#options.onTrouble('load', error);
          await new Promise((resume) => setTimeout(resume, 500));
        })
        .finally(() => {
          this.#loads -= 1;
          for (const id of wanted) this.#loading.delete(id);
          if (this.#arriving.size > 0) this.#schedule();
        });
      if (wanted.length === loadLimit) this.#schedule();
    });
  }

  async #load(ids: readonly InstanceId[]): Promise<void> {
    const ownerships = new Map(
      ids.map((id) => partitionOf(id, this.#options.partitions)).map((partition) => [partition, this.#options.ownershipOf(partition)]),
    );
    const [stored, hot] = await Promise.all([this.#options.store.load(ids), this.#options.hot.load(ids)]);
    const live = [...stored.values()].filter((instance) => instance.seq > 0 && this.#isWanted(instance));
    const cold = live.filter(({ id, seq }) => hot.get(id)?.seq !== seq);
    const histories =
      cold.length === 0
        ? new Map<InstanceId, StoredHistory>()
        : await this.#options.store.loadHistory(cold.map(({ id, checkpointSeq }) => ({ id, checkpointSeq, after: checkpointSeq })));
    this.counters.loadsHot += live.length - cold.length;
    this.counters.loadsDurable += cold.length;
    const arrivals: Arrival[] = [];
    for (const id of ids) {
      const instance = stored.get(id);
      try {
        if (instance !== undefined && this.#isWanted(instance)) {
          const decider = await this.#decider(instance, hot.get(id), histories.get(id));
          arrivals.push({ instance, decider, ownership: ownerships.get(instance.partition) });
        } else if (parseEntityId(id) === null) await this.#withoutInstance(id, instance);
        else await this.#withoutEntity(id, instance);
      } catch (error) {
        // O3
        this.#options.onTrouble('load', error as Error, { instanceId: id });
        this.#cannotLoad(id);
      }
    }
    // Stored before anything is begun again: an attempt that ends its process at once must not escape being counted.
    const verdicts = await this.#options.claims.ofArrivals(arrivals, this.#options.withQueues);
    for (const arrival of arrivals) this.#admit(arrival, verdicts.get(arrival.instance.id) ?? new Map());
  }

  /** A finished one is when it is to go on from its failure, or to be told to. */
  #isWanted({ id, status }: StoredInstance): boolean {
    return (
      !isFinal(status) || (parseEntityId(id) === null && (this.#arriving.get(id) ?? []).some(({ body }) => isForFinished(body, status)))
    );
  }

  /** Senders are told, and try again themselves; a wake-up has nobody behind it who would. */
  #cannotLoad(id: InstanceId): void {
    const commands = this.#arriving.get(id) ?? [];
    this.#arriving.delete(id);
    for (const { settle } of commands) settle(unavailable);
    if (commands.some(isWakeUp)) this.#options.wakeLater(id);
  }

  async #decider(instance: StoredInstance, hot: HotInstance | undefined, history: StoredHistory | undefined): Promise<Decider> {
    const { plans, entityTypes, store } = this.#options;
    if (parseEntityId(instance.id) !== null)
      return new EntityDecider(entityTypes, await readState(entityFold, store, instance, hot, history));
    const state = await readState(workflowFold, store, instance, hot, history);
    const published = plans.peek(instance.workflow, instance.version) ?? (await plans.find(instance.workflow, instance.version));
    if (published === null) throw new Error(`${instance.workflow} has no version ${instance.version}.`);
    return this.#workflow(published, state);
  }

  #workflow({ plan }: PublishedPlan, state: InstanceState): WorkflowDecider {
    return new WorkflowDecider(plan, state, (workflow, version) => this.#options.plans.find(workflow, version));
  }

  #admit({ instance, decider, ownership }: Arrival, verdicts: ReadonlyMap<StepKey, Verdict>): void {
    const { id, partition } = instance;
    // O1: from here on.
    const inbox = this.#arriving.get(id);
    if (inbox === undefined) return; // dropped meanwhile
    const owned = this.#options.ownershipOf(partition)?.epoch;
    // O2: the next load reads it again.
    if (owned !== undefined && owned !== ownership?.epoch) return;
    if (owned !== undefined && instance.seq === 0 && !inbox.some(({ body }) => body.type === 'StartExecution')) {
      this.#awaitStart(id);
      return;
    }
    // Whatever overtook the start on the way comes after it.
    if (instance.seq === 0)
      inbox.sort((one, other) => Number(other.body.type === 'StartExecution') - Number(one.body.type === 'StartExecution'));
    this.#arriving.delete(id);
    if (owned === undefined) {
      for (const { settle } of inbox) settle(unavailable);
      return;
    }
    this.#options.admit(
      {
        id,
        partition,
        epoch: owned,
        decider,
        storedSeq: instance.seq,
        checkpointSeq: instance.checkpointSeq,
        hasRow: true,
        creation: null,
        // Loading was all that a wake-up is for.
        inbox: inbox.filter((command) => !isWakeUp(command)),
        traceParent: undefined,
        busy: false,
      },
      verdicts,
    );
    for (const command of inbox) if (isWakeUp(command)) command.settle({ ok: true });
  }

  /** Accepted by another process, and its start message has not been fetched yet: whoever comes first waits for it. */
  #awaitStart(id: InstanceId): void {
    this.#awaitingStart.add(id);
    this.#options.lookForMail();
    setTimeout(() => {
      this.#awaitingStart.delete(id);
      this.#schedule();
    }, awaitStartMs).unref();
  }

  /** Commands for an instance that has finished, or that there is none of (a start makes one). */
  async #withoutInstance(id: InstanceId, instance: StoredInstance | undefined): Promise<void> {
    const mayStart = ({ body, creation }: QueuedCommand): boolean =>
      body.type === 'StartExecution' && (instance === undefined || (creation?.replace ?? []).some((status) => status === instance.status));
    const start = this.#arriving.get(id)?.find(mayStart);
    const published =
      start?.body.type === 'StartExecution' ? await this.#options.plans.find(start.body.workflow, start.body.version) : null;
    const commands = this.#arriving.get(id);
    if (commands === undefined) return; // dropped meanwhile
    this.#arriving.delete(id);
    if (start !== undefined && published !== null) {
      this.create(id, published, start);
      for (const command of commands) if (command !== start) this.#options.enqueue(id, command);
      return;
    }
    const result = instance === undefined ? unknownInstance : finishedInstance;
    await this.#dismiss(id, commands, result);
  }

  /** Commands that nobody can take up: their rows go, their senders are told. */
  async #dismiss(id: InstanceId, commands: readonly QueuedCommand[], result: SendResult): Promise<void> {
    if (commands.length === 0) return;
    // Who asked for these locks does not wait for them any more.
    const releases = commands.flatMap(({ body }) => (body.type === 'GrantLock' ? releasesOf(body.lock) : []));
    const gone = commands.flatMap(({ messageId }) => (messageId === null ? [] : [messageId]));
    const asked = gone.filter((messageId) => messageId.startsWith('ask:'));
    const told = gone.filter((messageId) => !messageId.startsWith('ask:'));
    // Their children are gone: others take their place.
    const replaced = commands.flatMap(({ body }) => (body.type === 'Rewind' && body.asked !== undefined ? [body.asked] : []));
    const timers = commands.flatMap(({ body }) => (body.type === 'FireTimer' && body.timer !== noTimer ? [body.timer] : []));
    try {
      if (releases.length > 0) await this.#giveBack(releases);
      if (replaced.length > 0) await this.#tellParents(id, replaced);
      if (asked.length > 0 && !result.ok) await this.#options.store.refuseMessages(asked, { code: result.code, message: result.message });
      if (told.length > 0) await this.#options.store.deleteUndeliverable(told);
      if (timers.length > 0) await this.#options.store.deleteTimers(id, timers);
    } finally {
      for (const { body, settle } of commands)
        settle(
          body.type === 'StartExecution'
            ? { ok: false, code: 'instance.exists', message: `An instance with the id ${id} exists.` }
            : result,
        );
    }
  }

  /** Stores what the parents are told before what they asked is dropped. */
  async #tellParents(child: InstanceId, parents: readonly ParentLink[]): Promise<void> {
    const messages = parents.map(({ instanceId, step }): OutgoingMessage => ({
      partition: partitionOf(instanceId, this.#options.partitions),
      instanceId,
      messageId: `replace:${child}:gone`,
      body: { type: 'ReplaceChild', step, child },
    }));
    await this.#options.store.accept([], messages);
    this.#options.deliver(messages);
  }

  /** Stores the releases before the grant that led to them is dropped. */
  async #giveBack(releases: ReturnType<typeof releasesOf>): Promise<void> {
    const messages = releases.flatMap((effect): OutgoingMessage[] => {
      if (effect.type !== 'SendToEntity') return [];
      const { entity, messageId, command } = effect;
      return [{ partition: partitionOf(entity, this.#options.partitions), instanceId: entity, messageId, body: command }];
    });
    await this.#options.store.accept([], messages);
    this.#options.deliver(messages);
  }

  /** Commands for an entity that has ended, or that there is none of: the first request begins an execution; what comes before it is late. */
  async #withoutEntity(id: InstanceId, ended: StoredInstance | undefined): Promise<void> {
    const commands = this.#arriving.get(id);
    if (commands === undefined) return; // dropped meanwhile
    this.#arriving.delete(id);
    const first = commands.findIndex(beginsEntity);
    const late = first < 0 ? commands : commands.splice(0, first);
    if (first >= 0) this.#beginEntity(id, ended, commands);
    await this.#dismiss(id, late, unknownInstance);
  }

  #beginEntity(id: InstanceId, ended: StoredInstance | undefined, inbox: QueuedCommand[]): void {
    const partition = partitionOf(id, this.#options.partitions);
    const epoch = this.#options.ownershipOf(partition)?.epoch;
    if (epoch === undefined) {
      for (const { settle } of inbox) settle(unavailable);
      return;
    }
    const decider = new EntityDecider(this.#options.entityTypes, initialEntityState(id));
    const creation: InstanceCreation = {
      workflow: decider.workflow,
      version: 0,
      tags: [],
      startedBy: 'entity',
      parent: null,
      replace: ended === undefined ? [] : ['Completed'],
    };
    this.#options.admit({ ...unstored(id, partition, epoch, decider, inbox), creation }, new Map());
  }
}

/** What comes from inside a critical section does not: a held entity is there, so that section has been left. */
function beginsEntity({ body }: QueuedCommand): boolean {
  return body.type === 'RequestLock' || (body.type === 'Operate' && body.request.lock === null);
}

/** A resident without a row. */
function unstored(id: InstanceId, partition: number, epoch: number, decider: Decider, inbox: QueuedCommand[]): Resident {
  return {
    id,
    partition,
    epoch,
    decider,
    storedSeq: 0,
    checkpointSeq: 0,
    hasRow: false,
    creation: null,
    inbox,
    traceParent: undefined,
    busy: false,
  };
}

/** What a finished instance is looked at for: only one that failed goes on, and a parent that asks has an answer from any. */
export function isForFinished(body: InstanceCommand, status: InstanceStatus): boolean {
  if (body.type === 'Rewind' && body.asked !== undefined) return true;
  return status === 'Failed' && reopens(body);
}

export function reopens({ type }: InstanceCommand): boolean {
  return type === 'Rewind' || type === 'RetryStep' || type === 'SkipStep' || type === 'Migrate';
}

/** No timer has this id. */
const noTimer = timerId('');

/** A command that only brings its instance into memory. */
export function wakeUp(): QueuedCommand {
  return { body: { type: 'FireTimer', timer: noTimer }, messageId: null, settle: () => {} };
}

export function isWakeUp({ body }: Pick<QueuedCommand, 'body'>): boolean {
  return body.type === 'FireTimer' && body.timer === noTimer;
}
