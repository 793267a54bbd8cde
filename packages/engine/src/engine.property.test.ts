import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portId } from '@perdure/graph';
import type { Plan } from '@perdure/graph';
import type { CommandBody } from './command.ts';
import { decide } from './decide.ts';
import type { TurnResult } from './decide.ts';
import { decodeState, encodeState } from './encode-state.ts';
import { evolve } from './evolve.ts';
import type { HistoryEvent } from './history-event.ts';
import { instanceId } from './ids.ts';
import type { StepKey } from './ids.ts';
import { initialState } from './initial-state.ts';
import { InstanceFixture } from './instance-fixture.ts';
import { asyncEvaluator, evaluator, renamedPlan } from './plan-fixture.ts';
import { randomChoices, randomPlan } from './random-plan-fixture.ts';
import type { InstanceState, OpenStep, SectionLock } from './state.ts';
import { isFinal } from './status.ts';
import type { TestRun } from './test-run.ts';
import { possibleTimers } from './step-timers.ts';
import { waitsFor } from './waits-for.ts';

/** A way to answer an open step, or null when only its content can be answered. */
function answer(step: OpenStep, choice: number): CommandBody | null {
  const failure = { code: choice % 2 === 0 ? 'Boom' : 'Declined', message: 'random' };
  const succeeds = choice % 5 > 0;
  const by = choice % 3 === 0 ? 'ann' : 'bob';
  switch (step.kind) {
    case 'activity':
      if (step.phase === 'backoff') return null;
      if (step.phase === 'quarantined' && choice % 4 === 1) return { type: 'ReleaseTask', step: step.key, reason: 'random', by };
      if (step.phase === 'quarantined' && choice % 4 === 2) return { type: 'GiveUpTask', step: step.key, reason: '', by };
      if (choice % 6 === 0) return { type: 'QuarantineTask', step: step.key, attempt: step.attempt, claims: 5 };
      if (succeeds) return { type: 'CompleteTask', step: step.key, attempt: step.attempt, output: choice };
      return { type: 'FailTask', step: step.key, attempt: step.attempt, failure, retryable: choice % 7 > 0 };
    case 'event':
      return { type: 'RaiseEvent', id: `${choice}`, name: step.name, data: choice, by };
    case 'humanTask':
      if (choice % 4 === 0) return { type: 'ClaimHumanTask', step: step.key, by };
      if (choice % 4 === 1) return { type: 'ReleaseHumanTask', step: step.key, by };
      return {
        type: 'DecideHumanTask',
        step: step.key,
        outcome: portId(succeeds ? 'approve' : 'reject'),
        data: choice,
        comment: null,
        by: step.holders[0]?.by ?? by,
      };
    case 'subWorkflow':
      if (step.phase === 'backoff') return null;
      return succeeds
        ? { type: 'CompleteChild', step: step.key, child: step.child, output: choice }
        : { type: 'FailChild', step: step.key, child: step.child, failure };
    case 'entityCall':
      return succeeds
        ? { type: 'CompleteEntityCall', step: step.key, request: step.request, output: choice }
        : { type: 'FailEntityCall', step: step.key, request: step.request, failure };
    case 'container': {
      const lock = step.container.type === 'scope' ? step.container.lock : undefined;
      return lock?.held === false ? grantOf(step.key, lock) : null;
    }
    case 'timer':
      return null;
  }
}

function grantOf(step: StepKey, { id, entities }: SectionLock): CommandBody {
  return { type: 'GrantLock', step, lock: { id, instanceId: instanceId('inst'), step, entities, next: entities.length } };
}

/** What an operator might do. */
function operation(state: InstanceState, steps: readonly OpenStep[], choice: number): CommandBody {
  const step = steps[choice % Math.max(1, steps.length)];
  const said = { reason: 'random', by: 'ann' };
  if (choice % 4 === 0 || !step) return { type: 'EditVariables', values: { n: choice }, ...said };
  if (choice % 4 === 1) return { type: 'RetryStep', step: step.key, ...said };
  return { type: 'SkipStep', step: step.key, output: choice, port: step.kind === 'humanTask' ? portId('approve') : null, ...said };
}

/** A failed instance goes on in one of the ways there are. */
function reopening({ fallen, seq }: InstanceState, plan: Plan, choice: number): CommandBody {
  const said = { reason: 'random', by: 'ann' };
  const fell = [...(fallen?.steps.map(({ step }) => step.key) ?? []), ...(fallen?.tokens.flatMap(({ step }) => step ?? []) ?? [])];
  const step = fell[choice % Math.max(1, fell.length)];
  if (choice % 5 === 0) return migration(seq, plan);
  if (choice % 5 < 3 || step === undefined) return { type: 'Rewind', ...said };
  if (choice % 5 === 3) return { type: 'RetryStep', step, ...said };
  return { type: 'SkipStep', step, output: choice, port: null, ...said };
}

function migration(seq: number, plan: Plan): CommandBody {
  const { nodes, edges, plan: target } = renamedPlan(plan);
  const joins = [...target.nodes.values()].flatMap((node) =>
    node.kind === 'join' ? [{ node: node.id, incoming: node.incoming.map(({ id }) => id) }] : [],
  );
  return { type: 'Migrate', version: 2, seq, nodes, edges, joins, reason: 'random', by: 'ann' };
}

function nextCommand(state: InstanceState, plan: Plan, earlier: CommandBody[], choice: number): CommandBody {
  const roll = choice % 40;
  if (state.status === 'Failed') return reopening(state, plan, Math.floor(choice / 40));
  if (roll === 38) return migration(state.seq, plan);
  if (roll === 39) return operation(state, [...state.steps.values()], Math.floor(choice / 40));
  if (roll === 0) return { type: 'Suspend', reason: 'random', by: 'ann' };
  if (state.status === 'Suspended' && roll < 14) return { type: 'Resume', reason: 'random', by: 'ann' };
  if (roll === 1) return { type: 'RaiseEvent', id: `${choice}`, name: 'GO', data: choice, by: 'bob' };
  if (choice % 997 === 2) return { type: 'Terminate', reason: 'random', by: 'ann', recursive: choice % 2 === 0 };
  if (choice % 997 === 3) return { type: 'Cancel', reason: 'random' };
  const repeated = earlier[choice % Math.max(1, earlier.length)];
  if (roll < 5 && repeated) return repeated;
  const timers = [...state.timers.keys()];
  const steps = [...state.steps.values()];
  const timer = timers[choice % Math.max(1, timers.length)];
  const step = steps[choice % Math.max(1, steps.length)];
  return (roll % 3 > 0 && step && answer(step, Math.floor(choice / 40))) || (timer ? { type: 'FireTimer', timer } : drainCommand(state));
}

/** Something that surely brings a running instance on. */
function drainCommand(state: InstanceState): CommandBody {
  if (state.status === 'Suspended') return { type: 'Resume', reason: 'drain', by: 'ann' };
  for (const step of state.steps.values()) {
    const command = answer(step, 7);
    if (command && step.kind !== 'humanTask') return command;
    if (step.kind === 'humanTask')
      return {
        type: 'DecideHumanTask',
        step: step.key,
        outcome: portId('approve'),
        data: null,
        comment: null,
        by: step.holders[0]?.by ?? 'ann',
      };
    const own = possibleTimers(step).find((timer) => state.timers.has(timer));
    if (own && step.kind !== 'container') return { type: 'FireTimer', timer: own };
  }
  throw new Error(`Nothing can wake this ${state.status} instance: ${[...state.steps.keys()].join(', ')}`);
}

/** Events that close the step they name: at most one of them per step key. [I4] */
function closes(event: HistoryEvent): boolean {
  if (event.type === 'TaskFailed' || event.type === 'SubOrchestrationInstanceFailed') return !event.retry;
  return [
    'TaskCompleted',
    'EventReceived',
    'SubOrchestrationInstanceCompleted',
    'EntityOperationCompleted',
    'EntityOperationFailed',
    'EntityOperationSignaled',
    'HumanTaskDecided',
    'ContainerExited',
    'TransformCompleted',
    'StepPinned',
    'StepFailed',
    'StepSkippedByHand',
  ].includes(event.type);
}

function checkIndexes(state: InstanceState): void {
  let running = 0;
  let openSteps = 0;
  let waits = 0;
  const calling = new Map<string, string[]>();
  for (const step of state.steps.values()) {
    expect(state.frames.get(step.frame)?.open.has(step.key)).toBe(true);
    if (step.kind === 'activity' && step.phase === 'scheduled') running++;
    if (step.kind === 'event') {
      waits++;
      expect(state.eventWaits.get(step.name.toLowerCase())?.has(step.key)).toBe(true);
      expect(state.buffered.has(step.name.toLowerCase())).toBe(false);
    }
    if (step.kind === 'entityCall' && step.section !== undefined) {
      calling.set(step.section, [...(calling.get(step.section) ?? []), step.entity]);
    }
    if (step.kind === 'container') {
      if (step.container.type === 'scope' && step.container.lock && !step.container.lock.held) expect(step.passes.size).toBe(0);
      for (const pass of step.passes) expect(state.frames.get(pass)?.step).toBe(step.key);
      if (step.container.type === 'forEach') expect(step.container.running).toBe(step.passes.size);
    }
  }
  for (const frame of state.frames.values()) {
    openSteps += frame.open.size;
    if (frame.step !== null) expect(state.steps.get(frame.step)).toMatchObject({ kind: 'container', passes: expect.any(Set) });
  }
  for (const step of state.steps.values()) {
    if (step.kind !== 'container' || step.container.type !== 'scope' || !step.container.lock) continue;
    expect(step.container.lock.calling).toEqual(calling.get(step.key) ?? []);
    expect(new Set(step.container.lock.calling).size).toBe(step.container.lock.calling.length);
    calling.delete(step.key);
  }
  expect(calling.size).toBe(0);
  expect(openSteps).toBe(state.steps.size);
  expect(state.runningActivities).toBe(running);
  const held = [...state.steps.values()].filter((step) => step.kind === 'activity' && step.phase === 'quarantined');
  expect(new Set(state.quarantined.keys())).toEqual(new Set(held.map(({ key }) => key)));
  expect([...state.eventWaits.values()].reduce((sum, set) => sum + set.size, 0)).toBe(waits);
  for (const [timer, { step }] of state.timers) {
    const owner = state.steps.get(step);
    expect(owner && possibleTimers(owner)).toContain(timer);
  }
  // I9: what is open has something that will wake it.
  if (isFinal(state.status)) {
    expect([state.steps.size, state.frames.size, state.timers.size, state.deferred.length, state.eventWaits.size]).toEqual([0, 0, 0, 0, 0]);
    return;
  }
  if (state.status === 'Running') {
    expect(state.deferred).toEqual([]);
    for (const frame of state.frames.values()) expect(frame.open.size).toBeGreaterThan(0);
  }
  for (const step of state.steps.values()) {
    if (step.kind === 'timer') expect(possibleTimers(step).some((timer) => state.timers.has(timer))).toBe(true);
    if ('phase' in step && step.phase === 'backoff') {
      const resumable = state.deferred.some((work) => work.type === 'retry' && work.step === step.key);
      expect(resumable || possibleTimers(step).some((timer) => state.timers.has(timer))).toBe(true);
    }
    if (step.kind === 'container' && state.status === 'Running' && !waitsForLock(step)) expect(step.passes.size).toBeGreaterThan(0);
  }
}

function waitsForLock(step: OpenStep & { kind: 'container' }): boolean {
  return step.container.type === 'scope' && step.container.lock?.held === false;
}

/** Every other run is a test run: some nodes pinned, at times begun in the middle. */
function testRunOf(workflow: Plan, picks: readonly number[]): { test?: TestRun } {
  const [choice = 0] = picks;
  if (choice % 2 === 0) return {};
  const pins: TestRun['pins'] = {};
  let n = choice;
  for (const { id, kind } of workflow.nodes.values()) {
    n = (n * 7 + 3) % 1_000_003;
    if (n % 5 > 0 || !PINNABLE.has(kind)) continue;
    pins[id] = n % 3 === 0 && kind === 'activity' ? { output: { code: 'Boom' }, port: portId('error') } : { output: n };
  }
  const top = [...workflow.nodes.values()].filter(({ parent, kind }) => parent === null && kind !== 'start');
  const at = top[choice % Math.max(1, top.length)];
  const from = at && choice % 3 === 0 ? { from: { node: at.id, only: choice % 7 === 0, outputs: {}, vars: {} } } : {};
  return { test: { pins, fastForward: choice % 4 === 1, ...(choice % 7 === 3 && { pinnedOnly: true }), ...from } };
}

const PINNABLE = new Set(['activity', 'transform', 'condition', 'forEach', 'loop', 'scope', 'timer', 'event', 'humanTask', 'subWorkflow']);

/** Drives a plan by the choices, then to its end, checking everything after every command. */
function drive(workflow: Plan, picks: number[]): { run: InstanceFixture; commands: CommandBody[]; turns: TurnResult[] } {
  const run = new InstanceFixture(workflow);
  const turns: TurnResult[] = [];
  const shadow = initialState(instanceId('inst'));
  const commands: CommandBody[] = [];
  const step = (body: CommandBody) => {
    commands.push(body);
    // V4, L1: a state that went through a checkpoint gives the same events and effects.
    const copy = decodeState(JSON.parse(JSON.stringify(encodeState(run.state))));
    const target = targetOf(body, run.plan);
    const again = decide(run.plan, copy, { at: run.at + 1, seed: `s${commands.length - 1}`, ...body }, evaluator, target);
    run.send(body, target);
    turns.push(run.last);
    expect(again).toEqual(run.last);
    expect(encodeState(copy)).toEqual(encodeState(run.state));
    if (!run.last.outcome.ok)
      expect(run.last).toMatchObject(body.type === 'GrantLock' || body.type === 'Rewind' ? { events: [] } : { events: [], effects: [] });
    // V3: the fold of the history is the state.
    for (const event of run.last.events) evolve(shadow, event);
    expect(shadow).toEqual(run.state);
    checkIndexes(run.state);
    expect(waitsFor(run.plan, run.state) === null).toBe(run.state.steps.size === 0);
  };
  step({
    type: 'StartExecution',
    executionId: 'x1' as never,
    workflow: 'wf',
    version: 1,
    input: null,
    tags: [],
    startedBy: 'api',
    parent: null,
    ...testRunOf(workflow, picks),
  });
  for (const pick of picks) {
    if (isFinal(run.state.status) && run.state.status !== 'Failed') break;
    step(nextCommand(run.state, run.plan, commands.slice(1), pick));
  }
  for (let left = 3000; !isFinal(run.state.status); left--) {
    if (left === 0) throw new Error('The instance does not come to an end.');
    step(drainCommand(run.state));
  }
  return { run, commands, turns };
}

function targetOf(body: CommandBody, plan: Plan): Plan | undefined {
  return body.type === 'Migrate' ? renamedPlan(plan).plan : undefined;
}

test('V1 V3 V4 L1 L5 L6 random workflows under random commands keep every invariant and end', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(randomPlan, randomChoices, (workflow, picks) => {
      const { history } = drive(workflow, picks).run;
      expect(history.map((event) => event.seq)).toEqual(history.map((_, index) => index + 1));
      const terminal = history.filter((event) => event.type === 'ExecutionCompleted' || event.type === 'ExecutionTerminated');
      expect(terminal.at(-1)).toEqual(history.at(-1));
      // I5, I4, E2: once since the last rewind.
      const rewinds = history.filter((event) => event.type === 'ExecutionRewound').map(({ seq }) => seq);
      const life = (seq: number) => rewinds.filter((rewind) => rewind < seq).length;
      expect(terminal.map(({ seq }) => life(seq))).toEqual(terminal.map((_, index) => index));
      const results = history.filter(closes).map((event) => ('step' in event ? `${life(event.seq)} ${event.step}` : ''));
      expect(new Set(results).size).toBe(results.length);
      const timers = history.flatMap((event) => (event.type === 'TimerCreated' ? [`${life(event.seq)} ${event.timer}`] : []));
      expect(new Set(timers).size).toBe(timers.length);
    }),
    { numRuns: 300 },
  );
});

test('E2 H5 S4 K5 effects balance: what was started is ended once', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(randomPlan, randomChoices, (workflow, picks) => {
      const { run, turns } = drive(workflow, picks);
      const running = new Set<string>();
      const timers = new Set<string>();
      const tasks = new Set<string>();
      const locks = new Set<string>();
      const finished = new Set(
        run.history.flatMap((event) =>
          event.type === 'TaskCompleted' || event.type === 'TaskFailed' ? [`${event.step}/${event.attempt}`] : [],
        ),
      );
      for (const effect of turns.flatMap(({ events, effects }) => [...events.filter((event) => event.type === 'TimerFired'), ...effects])) {
        if (effect.type === 'TimerFired') expect(timers.delete(effect.timer)).toBe(true);
        if (effect.type === 'RunActivity') running.add(effect.step);
        if (effect.type === 'AbortActivity') expect(running.delete(effect.step)).toBe(true);
        if (effect.type === 'SetTimer') timers.add(effect.timer);
        if (effect.type === 'ClearTimer') expect(timers.delete(effect.timer)).toBe(true);
        if (effect.type === 'OpenHumanTask') tasks.add(effect.step);
        if (effect.type === 'CloseHumanTask') expect(tasks.delete(effect.step)).toBe(true);
        if (effect.type !== 'SendToEntity') continue;
        const { command, messageId } = effect;
        if (command.type === 'RequestLock') for (const wanted of command.lock.entities) locks.add(`unlock:${command.lock.id}:${wanted}`);
        if (command.type === 'ReleaseLock' && messageId.startsWith('unlock:')) expect(locks.delete(messageId)).toBe(true);
      }
      for (const step of running) expect([...finished].some((key) => key.startsWith(`${step}/`))).toBe(true);
      expect([...timers]).toEqual([]);
      expect([...tasks]).toEqual([]);
      expect([...locks]).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('L1 promises change nothing', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(randomPlan, randomChoices, async (workflow, picks) => {
      const { run, commands } = drive(workflow, picks);
      const later = new InstanceFixture(workflow, asyncEvaluator);
      for (const body of commands) await later.sendAsync(body, targetOf(body, later.plan));
      expect(later.history).toEqual(run.history);
      expect(later.effects).toEqual(run.effects);
    }),
    { numRuns: 100 },
  );
});
