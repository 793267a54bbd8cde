/**
 * The invariants as far as rows tell, by the ids of the reliability notes. It trusts nothing but rows: every history is folded from its first
 * event, and what is stored beside it must be what the fold gives. Where the rows come from is its callers' business: Postgres
 * (check-invariants.ts), or the simulated database.
 *
 * Not here: I6 and I7 (a drill's own sums), I12 and I13 (the server's). I8 is `checkSideEffects`.
 */
import {
  encodeEntityState,
  encodeState,
  evolve,
  evolveEntity,
  initialEntityState,
  initialState,
  instanceId,
  isFinal,
  parseEntityId,
  type EntityEvent,
  type EntityState,
  type HistoryEvent,
  type InstanceState,
  type OpenStep,
} from '@perdure/engine';
import { humanTaskId } from '@perdure/runtime';
import { EntityTies } from './entity-ties.ts';

export interface Evidence {
  /** What callers were told is stored. `event`: the id or the name an EventRaised must carry. `decidedBy`: who must be the one to have decided a task. */
  readonly acknowledged?: readonly { readonly instanceId: string; readonly event?: string; readonly decidedBy?: string }[];
  /** Commits a worker was told are stored, with the epoch it wrote under. */
  readonly commits?: readonly { readonly instanceId: string; readonly baseSeq: number; readonly seq: number; readonly epoch: number }[];
}

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I9' | 'I10' | 'I11';

export interface Verdict {
  readonly holds: boolean;
  /** Per invariant: how often it is broken, and the first few examples in words. */
  readonly broken: Partial<Record<Invariant, { count: number; examples: string[] }>>;
  readonly instances: number;
  readonly events: number;
}

const examplesKept = 5;
export interface InstanceRow {
  id: string;
  execution_id: string;
  workflow_key: string;
  version: number;
  status: string;
  seq: number;
  custom_status: unknown;
  running_activities: number;
  completed_at: Date | null;
}

export interface TaskRow {
  id: string;
  instance_id: string;
  node: string;
  version: number;
  status: string;
  outcome: string | null;
  decided_by: string | null;
  holder_ids: string[];
  voter_ids: string[];
}

interface Known {
  status: string;
  events: Set<string>;
  deciders: Set<string>;
}

/** All that is stored of one instance besides its row. */
export interface RowsOfInstance {
  readonly events: readonly (HistoryEvent | EntityEvent)[];
  readonly checkpoints: readonly { readonly seq: number; readonly state: unknown }[];
  readonly timers: readonly { readonly timer_id: string; readonly fire_at: number }[];
  readonly tasks: readonly TaskRow[];
  /** Messages that wait for it, without refusals. */
  readonly messages: readonly { readonly type: string; readonly child: string | null }[];
  /** Those that name it as their parent; `starting`: only a message so far, by which one starts or is rewound for it. */
  readonly children: readonly { readonly id: string; readonly status: string; readonly starting: boolean }[];
}

/** Collects what is broken: give it every instance (entities are some) and every message, then the strays and the evidence, then ask for the verdict. */
export class RowCheck {
  readonly #broken: Partial<Record<Invariant, { count: number; examples: string[] }>> = {};
  readonly #known = new Map<string, Known>();
  readonly #ties = new EntityTies();
  #events = 0;

  get verdict(): Verdict {
    const broken = { ...this.#broken };
    for (const example of this.#ties.broken()) note(broken, 'I9', example);
    return { holds: Object.keys(broken).length === 0, broken, instances: this.#known.size, events: this.#events };
  }

  /** Any message but a refusal, whoever it is for: the lock and the request it speaks of. */
  message(lock: string | null, request: string | null): void {
    this.#ties.message(lock, request);
  }

  instance(row: InstanceRow, rows: RowsOfInstance): void {
    this.#events += rows.events.length;
    this.#checkSequence(row, rows.events);
    // A history holds events of its own kind only: what decides for an instance follows from its id.
    if (parseEntityId(row.id) === null) this.#workflow(row, rows.events as readonly HistoryEvent[], rows);
    else this.#entity(row, rows.events as readonly EntityEvent[], rows);
  }

  #workflow(row: InstanceRow, events: readonly HistoryEvent[], { checkpoints, timers, tasks, messages, children }: RowsOfInstance): void {
    this.#remember(row, events);
    this.#checkOutcomes(row.id, events);
    this.#checkEnd(row, events);
    const state = this.#checkFold(row, events, checkpoints);
    this.#checkTasks(row.id, events, state, tasks);
    if (state !== null) this.#ties.instance(state);
    if (state === null || isFinal(state.status)) {
      for (const { timer_id } of timers)
        if (state !== null) this.#fail('I3', `${row.id} is ${row.status} and still has the timer ${timer_id}`);
      return;
    }
    this.#checkTimers(row.id, state.timers, timers);
    this.#checkAlive(row, state, messages, children);
  }

  #entity(row: InstanceRow, events: readonly EntityEvent[], { checkpoints, timers }: RowsOfInstance): void {
    this.#known.set(row.id, { status: row.status, events: new Set(), deciders: new Set() });
    const seen = new Set<string>();
    for (const [i, event] of events.entries()) {
      const fact = entityFact(event);
      if (fact !== null && seen.has(fact)) this.#fail('I4', `${row.id}: ${fact} twice`);
      if (fact !== null) seen.add(fact);
      if (event.type === 'EntityEnded' && i < events.length - 1)
        this.#fail('I5', `${row.id} has ${events.length - 1 - i} events after its end`);
    }
    const state = this.#fold(row, events, checkpoints, initialEntityState(instanceId(row.id)), evolveEntity, encodeEntityState);
    if (state === null) return;
    this.#compare(row, {
      status: state.status,
      executionId: state.executionId,
      workflow: `@${state.name}`,
      version: row.version,
      customStatus: state.content?.state ?? null,
      running: 0,
      ended: isFinal(state.status),
    });
    this.#checkTimers(row.id, state.delayed, timers);
    this.#ties.entity(state);
    if (state.status === 'Running' && !isKept(state)) this.#fail('I9', `${row.id} is Running and has nothing to remember`);
    if (state.queue.length > 0 && state.lock === null)
      this.#fail('I9', `${row.id} is free and keeps ${state.queue.length} requests waiting`);
  }

  /** Rows of an instance there is none of. */
  stray(table: 'history_event' | 'checkpoint' | 'timer' | 'human_task', id: string): void {
    const invariant = table === 'history_event' ? 'I2' : table === 'human_task' ? 'I11' : 'I3';
    this.#fail(invariant, `${table} has rows of ${id}, which there is not`);
  }

  evidence({ acknowledged, commits }: Evidence): void {
    this.#acknowledged(acknowledged ?? []);
    this.#epochs(commits ?? []);
  }

  #acknowledged(promises: NonNullable<Evidence['acknowledged']>): void {
    for (const { instanceId: id, event, decidedBy } of promises) {
      const known = this.#known.get(id);
      if (known === undefined) this.#fail('I1', `the start of ${id} was acknowledged and is not stored`);
      else if (event !== undefined && !known.events.has(event))
        this.#fail('I1', `the event ${event} to ${id} was acknowledged and is not stored`);
      else if (decidedBy !== undefined && !known.deciders.has(decidedBy))
        this.#fail('I1', `${decidedBy} was told to have decided a task of ${id} and has not`);
    }
  }

  #epochs(commits: NonNullable<Evidence['commits']>): void {
    const byInstance = Map.groupBy(commits, ({ instanceId: id }) => id);
    for (const [id, own] of byInstance) {
      let newest = { seq: 0, epoch: 0 };
      for (const commit of own.toSorted((a, b) => a.baseSeq - b.baseSeq || a.seq - b.seq)) {
        if (commit.epoch < newest.epoch)
          this.#fail(
            'I10',
            `${id}: events ${commit.baseSeq + 1} to ${commit.seq} were stored under epoch ${commit.epoch} after epoch ${newest.epoch} had stored up to ${newest.seq}`,
          );
        else newest = commit;
      }
    }
  }

  #fail(invariant: Invariant, example: string): void {
    note(this.#broken, invariant, example);
  }

  #remember(row: InstanceRow, events: readonly HistoryEvent[]): void {
    this.#known.set(row.id, {
      status: row.status,
      events: new Set(events.flatMap((event) => (event.type === 'EventRaised' ? [event.id, event.name] : []))),
      deciders: new Set(
        events.flatMap((event) => (event.type === 'HumanTaskDecided' || event.type === 'HumanTaskVoted' ? [event.by] : [])),
      ),
    });
  }

  #checkSequence(row: InstanceRow, events: readonly { seq: number }[]): void {
    const gap = events.findIndex(({ seq }, i) => seq !== i + 1);
    if (gap >= 0) this.#fail('I2', `${row.id}: event ${events[gap]?.seq} stands where ${gap + 1} should`);
    if (events.length !== row.seq) this.#fail('I2', `${row.id} has ${events.length} events and the seq ${row.seq}`);
  }

  /** I4: an attempt is scheduled once and has one result, a step one outcome; what failed with its instance may have another after each rewind. */
  #checkOutcomes(id: string, events: readonly HistoryEvent[]): void {
    const seen = new Set<string>();
    let rewinds = 0;
    const once = (fact: string, again = ''): void => {
      if (seen.has(fact + again)) this.#fail('I4', `${id}: ${fact} twice`);
      seen.add(fact + again);
    };
    for (const event of events) {
      if (event.type === 'ExecutionRewound') rewinds++;
      const perLife = ` since rewind ${rewinds}`;
      if (event.type === 'TaskScheduled') once(`${event.step} attempt ${event.attempt} scheduled`);
      else if (event.type === 'TaskCompleted' || event.type === 'TaskFailed') {
        once(`${event.step} attempt ${event.attempt} reported`);
        if (event.type === 'TaskCompleted' || !event.retry) once(`${event.step} concluded`, perLife);
      } else if (event.type === 'TimerFired') once(`timer ${event.timer} fired`, perLife);
      else if (event.type === 'SubOrchestrationInstanceCompleted' || event.type === 'SubOrchestrationInstanceFailed')
        once(`${event.step} heard of ${event.instanceId}`, perLife);
    }
  }

  #checkEnd(row: InstanceRow, events: readonly HistoryEvent[]): void {
    // Counted from the last rewind on.
    const life = events.slice(events.findLastIndex(({ type }) => type === 'ExecutionRewound') + 1);
    const ends = life.filter(({ type }) => type === 'ExecutionCompleted' || type === 'ExecutionTerminated');
    if (ends.length > 1) this.#fail('I5', `${row.id} ended ${ends.length} times`);
    const [end] = ends;
    if (end !== undefined && end.seq !== events.length) this.#fail('I5', `${row.id} has ${events.length - end.seq} events after its end`);
    for (const [i, { type }] of events.entries()) {
      const before = events[i - 1];
      if (type === 'ExecutionRewound' && !(before?.type === 'ExecutionCompleted' && before.status === 'Failed'))
        this.#fail('I5', `${row.id} was rewound at ${i + 1} without having failed`);
    }
    if (end === undefined && row.completed_at !== null) this.#fail('I5', `${row.id} is ${row.status} without an event that says so`);
  }

  /** I3. Null when the history does not fold. */
  #fold<State, Event extends { seq: number }>(
    row: InstanceRow,
    events: readonly Event[],
    checkpoints: readonly { seq: number; state: unknown }[],
    initial: State,
    fold: (state: State, event: Event) => State,
    encode: (state: State) => unknown,
  ): State | null {
    const bySeq = new Map(checkpoints.map(({ seq, state }) => [seq, state]));
    let state = initial;
    try {
      for (const event of events) {
        state = fold(state, event);
        const kept = bySeq.get(event.seq);
        bySeq.delete(event.seq);
        if (kept !== undefined && canonical(kept) !== canonical(encode(state)))
          this.#fail('I3', `${row.id}: the checkpoint at ${event.seq} is not the fold of the events up to it`);
      }
    } catch (error) {
      this.#fail('I3', `${row.id} does not fold: ${(error as Error).message}`);
      return null;
    }
    for (const seq of bySeq.keys()) this.#fail('I3', `${row.id} has a checkpoint at ${seq}, beyond its last event`);
    return state;
  }

  #checkFold(row: InstanceRow, events: readonly HistoryEvent[], checkpoints: RowsOfInstance['checkpoints']): InstanceState | null {
    const state = this.#fold(row, events, checkpoints, initialState(instanceId(row.id)), evolve, encodeState);
    if (state === null) return null;
    this.#compare(
      row,
      events.length === 0
        ? { ...columnsOf(row), status: 'Pending', running: 0, ended: false }
        : {
            status: state.status,
            executionId: state.executionId,
            workflow: state.workflow,
            version: state.version,
            customStatus: state.customStatus,
            running: isFinal(state.status) ? 0 : state.runningActivities,
            ended: isFinal(state.status),
          },
    );
    return state;
  }

  #compare(row: InstanceRow, folded: ReturnType<typeof columnsOf>): void {
    const stored = columnsOf(row);
    if (canonical(stored) !== canonical(folded))
      this.#fail('I3', `${row.id} is stored as ${canonical(stored)}; its history says ${canonical(folded)}`);
  }

  #checkTimers(id: string, timers: ReadonlyMap<string, { fireAt: number }>, rows: readonly { timer_id: string; fire_at: number }[]): void {
    const stored = new Map(rows.map((row) => [row.timer_id, row.fire_at]));
    for (const [timer, { fireAt }] of timers) {
      if (Math.abs((stored.get(timer) ?? NaN) - fireAt) < 1) stored.delete(timer);
      else this.#fail('I9', `${id}: the timer ${timer} runs in the history and ${stored.has(timer) ? 'has another moment' : 'has no row'}`);
    }
    for (const timer of stored.keys())
      if (!timers.has(timer)) this.#fail('I3', `${id}: the timer ${timer} has a row and does not run in the history`);
  }

  /** I9: whatever is open has something that will move it. */
  #checkAlive(
    row: InstanceRow,
    state: InstanceState,
    messages: readonly { type: string; child: string | null }[],
    children: readonly { id: string; status: string; starting: boolean }[],
  ): void {
    if (state.seq === 0) {
      if (!messages.some(({ type }) => type === 'StartExecution')) this.#fail('I9', `${row.id} is Pending and no start is on its way`);
      return;
    }
    let leaves = 0;
    for (const step of state.steps.values()) {
      if (step.kind === 'container') {
        // One that waits for its entities: see EntityTies.
        if (step.container.type === 'scope' && step.container.lock?.held === false) leaves += 1;
        continue;
      }
      leaves += 1;
      const reason = stuck(step, state, messages, children);
      if (reason !== null) this.#fail('I9', `${row.id}: ${step.key} ${reason}`);
    }
    if (leaves === 0 && state.status === 'Running') this.#fail('I9', `${row.id} is Running and nothing in it is open`);
  }

  /** I11, and the inbox shows what the histories say. */
  #checkTasks(id: string, events: readonly HistoryEvent[], state: InstanceState | null, rows: readonly TaskRow[]): void {
    const stored = new Map(rows.map((row) => [row.id, row]));
    const decisions = Map.groupBy(
      events.filter((event) => event.type === 'HumanTaskDecided'),
      ({ step }) => step,
    );
    let execution = '';
    for (const event of events) {
      if (event.type === 'ExecutionStarted') execution = event.executionId;
      if (event.type !== 'HumanTaskCreated') continue;
      const key = humanTaskId(instanceId(id), execution, event.step);
      const row = stored.get(key);
      stored.delete(key);
      const [decision, ...more] = decisions.get(event.step) ?? [];
      if (more.length > 0) this.#fail('I11', `${id}: ${event.step} was decided ${more.length + 1} times`);
      if (row === undefined) this.#fail('I11', `${id}: the task ${event.step} has no row`);
      else if (decision !== undefined) {
        if (row.status !== 'decided' || row.outcome !== decision.outcome || row.decided_by !== decision.by)
          this.#fail(
            'I11',
            `${id}: ${event.step} was decided ${decision.outcome} by ${decision.by}; its row says ${row.status} ${row.outcome} by ${row.decided_by}`,
          );
      } else if (row.status === 'decided') this.#fail('I11', `${id}: the row of ${event.step} is decided, its history is not`);
      else if (state !== null && (row.status === 'open') !== state.steps.has(event.step))
        this.#fail(
          'I11',
          `${id}: the row of ${event.step} is ${row.status}, the step is ${state.steps.has(event.step) ? 'open' : 'closed'}`,
        );
    }
    this.#checkVotes(id, execution, events, state, rows);
    for (const key of stored.keys()) this.#fail('I11', `${id}: the task row ${key} stands for no task of its history`);
  }

  /** I11: everybody has one vote, and the rows name who has a task and who voted as the history does. */
  #checkVotes(id: string, execution: string, events: readonly HistoryEvent[], state: InstanceState | null, rows: readonly TaskRow[]): void {
    const voters = Map.groupBy(
      events.filter((event) => event.type === 'HumanTaskVoted'),
      ({ step }) => step,
    );
    for (const [step, votes] of voters) {
      const people = votes.map(({ by }) => by);
      if (new Set(people).size < people.length) this.#fail('I11', `${id}: somebody voted twice on ${step}: ${people.join(', ')}`);
      const row = rows.find((one) => one.id === humanTaskId(instanceId(id), execution, step));
      if (row !== undefined && row.voter_ids.join() !== people.join())
        this.#fail('I11', `${id}: on ${step} voted ${people.join(', ')}; its row says ${row.voter_ids.join(', ')}`);
    }
    for (const step of state?.steps.values() ?? []) {
      if (step.kind !== 'humanTask') continue;
      const row = rows.find((one) => one.id === humanTaskId(instanceId(id), execution, step.key));
      if (row !== undefined && (row.node !== step.node || row.version !== state?.version))
        this.#fail('I11', `${id}: ${step.key} stands at ${step.node} of ${state?.version}; its row says ${row.node} of ${row.version}`);
      const holders = step.holders.map(({ by }) => by).join();
      if (row !== undefined && row.holder_ids.join() !== holders)
        this.#fail('I11', `${id}: ${step.key} is held by ${holders || 'nobody'}; its row says ${row.holder_ids.join() || 'nobody'}`);
    }
  }
}

function note(broken: Verdict['broken'], invariant: Invariant, example: string): void {
  const { count, examples } = broken[invariant] ?? { count: 0, examples: [] };
  broken[invariant] = { count: count + 1, examples: examples.length < examplesKept ? [...examples, example] : examples };
}

function columnsOf(row: InstanceRow) {
  return {
    status: row.status,
    executionId: row.execution_id,
    workflow: row.workflow_key,
    version: row.version,
    customStatus: row.custom_status,
    running: row.running_activities,
    ended: row.completed_at !== null,
  };
}

/** What may happen once in an execution. */
function entityFact(event: EntityEvent): string | null {
  switch (event.type) {
    case 'EntityOperationApplied':
    case 'EntityOperationRejected':
      return `request ${event.request.id} run`;
    case 'EntityLocked':
      return `locked by ${event.lock.id}`;
    case 'EntitySignalDue':
      return `timer ${event.timer} fired`;
    default:
      return null;
  }
}

function isKept({ content, lock, queue, delayed }: EntityState): boolean {
  return content !== null || lock !== null || queue.length > 0 || delayed.size > 0;
}

/** Why nothing will ever move this step; null when something will. Timers are compared with their rows elsewhere. */
function stuck(
  step: Exclude<OpenStep, { kind: 'container' }>,
  state: InstanceState,
  messages: readonly { type: string; child: string | null }[],
  children: readonly { id: string; status: string; starting: boolean }[],
): string | null {
  const hasTimer = [...state.timers.values()].some((timer) => timer.step === step.key);
  // Suspended: its retry timer has fired, and what follows waits for the resumption.
  const isResumed = state.deferred.some((work) => work.type === 'retry' && work.step === step.key);
  switch (step.kind) {
    case 'activity':
      // In quarantine it waits for a person, who finds it on the lists.
      return step.phase !== 'backoff' || hasTimer || isResumed ? null : 'waits for a retry and has no timer';
    case 'timer':
      return hasTimer ? null : 'is a timer that does not run';
    case 'subWorkflow': {
      if (step.phase === 'backoff') return hasTimer || isResumed ? null : 'waits for a retry and has no timer';
      const own = children.filter(({ id }) => id === step.child);
      const [child] = own;
      const answered = messages.some((message) => message.child === step.child);
      if (answered) return null;
      if (child === undefined) return `waits for ${step.child}, which there is not`;
      return own.every(({ status, starting }) => !starting && isFinal(status as InstanceState['status']))
        ? `waits for ${step.child}, which is ${child.status} and has told nobody`
        : null;
    }
    case 'event':
    case 'humanTask':
    // See EntityTies.
    case 'entityCall':
      return null;
  }
}

/** JSON with sorted keys: equal texts are equal values. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
