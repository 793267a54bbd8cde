import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EntityPlan } from '@perdure/graph';
import type { CommandBody } from '../command.ts';
import { decide } from '../decide.ts';
import type { Effect } from '../effect.ts';
import { decodeState, encodeState } from '../encode-state.ts';
import type { InstanceId } from '../ids.ts';
import { InstanceFixture } from '../instance-fixture.ts';
import { evaluator } from '../plan-fixture.ts';
import { randomPlan } from '../random-plan-fixture.ts';
import type { OpenStep } from '../state.ts';
import { isFinal } from '../status.ts';
import { possibleTimers } from '../step-timers.ts';
import { decideEntity } from './decide-entity.ts';
import type { EntityCommandBody } from './entity-command.ts';
import { encodeEntityState, decodeEntityState } from './encode-entity-state.ts';
import { EntityFixture } from './entity-fixture.ts';
import { parseEntityId } from './entity-id.ts';
import { initialEntityState } from './entity-state.ts';
import { evolveEntity } from './evolve-entity.ts';

/** What everybody adds to, so that a state tells who was there and in which order. */
const list: EntityPlan = { version: 1, kind: 'list' };

type Message = { to: InstanceId; body: { for: 'entity'; command: EntityCommandBody } | { for: 'instance'; command: CommandBody } };

/**
 * Several workflows over a few entities. Every message is delivered once and any time: messages overtake each other freely.
 * Checked after every delivery: what a section holds is locked by it; nobody else's operation runs there meanwhile.
 */
class World {
  readonly instances = new Map<InstanceId, InstanceFixture>();
  readonly entities = new Map<InstanceId, EntityFixture>();
  readonly mail: Message[] = [];
  /** Requests without a lock, in the order they reached each entity. */
  readonly arrived = new Map<InstanceId, string[]>();
  readonly done = new Map<InstanceId, string[]>();
  sent = 0;
  granted = 0;
}

function add(world: World, run: InstanceFixture): void {
  world.instances.set(run.state.instanceId, run);
  run.start();
  post(world, run.last.effects);
}

function act(world: World, run: InstanceFixture, body: CommandBody): void {
  // V4: from a checkpoint it goes on the same.
  const copy = decodeState(JSON.parse(JSON.stringify(encodeState(run.state))));
  const command = run.command(body);
  const again = decide(run.plan, copy, command, evaluator);
  const result = decide(run.plan, run.state, command, evaluator);
  if (result instanceof Promise) throw new Error('decide answered with a promise.');
  run.take(result);
  expect(again).toEqual(result);
  if (result.events.some(({ type }) => type === 'EntityLockGranted')) world.granted++;
  post(world, result.effects);
  checkSections(world);
}

function deliver(world: World, at: number): void {
  const [message] = world.mail.splice(at, 1);
  if (!message) throw new Error('There is no such message.');
  if (message.body.for === 'entity') return ask(world, message.to, message.body.command);
  const run = world.instances.get(message.to);
  if (run) act(world, run, message.body.command);
}

function ask(world: World, id: InstanceId, body: EntityCommandBody): void {
  const run = entityOf(world, id);
  if (run.state.status === 'Completed') run.state = initialEntityState(id);
  if (body.type === 'Operate' && body.request.lock === null) push(world.arrived, id, body.request.id);
  const holder = run.state.lock?.id;
  const shadow = decodeEntityState(JSON.parse(JSON.stringify(encodeEntityState(run.state))));
  const folded = decodeEntityState(JSON.parse(JSON.stringify(encodeEntityState(run.state))));
  const command = run.command(body);
  const again = decideEntity(list, shadow, command, evaluator);
  const result = decideEntity(list, run.state, command, evaluator);
  if (result instanceof Promise) throw new Error('decideEntity answered with a promise.');
  run.take(result);
  // V3, V4, L1.
  expect(again).toEqual(result);
  let lock = holder;
  for (const event of result.events) {
    evolveEntity(folded, event);
    if (event.type === 'EntityLocked') lock = event.lock.id;
    if (event.type === 'EntityUnlocked' && event.lock === lock) lock = undefined;
    if (event.type !== 'EntityOperationApplied' && event.type !== 'EntityOperationRejected') continue;
    // Mutual exclusion, as the entity sees it.
    expect(event.request.lock ?? undefined).toBe(lock);
    if (event.request.lock === null) push(world.done, id, event.request.id);
  }
  expect(folded).toEqual(run.state);
  if (run.state.status === 'Running') expect(run.state.queue.length > 0 && run.state.lock === null).toBe(false);
  post(world, result.effects);
  checkSections(world);
}

/** As a workflow sees it: from its grant until it lets go, all its entities are its own. */
function checkSections(world: World): void {
  for (const { state } of world.instances.values()) {
    for (const step of state.steps.values()) {
      const lock = step.kind === 'container' && step.container.type === 'scope' ? step.container.lock : undefined;
      if (!lock?.held) continue;
      for (const id of lock.entities) expect(entityOf(world, id).state.lock?.id).toBe(lock.id);
    }
  }
}

function post(world: World, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.type === 'SendToEntity') {
      if (effect.command.type === 'Operate') world.sent++;
      world.mail.push({ to: effect.entity, body: { for: 'entity', command: effect.command } });
    }
    if (effect.type === 'SendToInstance') world.mail.push({ to: effect.instanceId, body: { for: 'instance', command: effect.command } });
  }
}

function entityOf(world: World, id: InstanceId): EntityFixture {
  let run = world.entities.get(id);
  const parts = parseEntityId(id);
  if (!parts) throw new Error(`${id} is not an entity’s id.`);
  if (!run) world.entities.set(id, (run = new EntityFixture(list, parts)));
  return run;
}

function push(lists: Map<InstanceId, string[]>, id: InstanceId, value: string): void {
  const found = lists.get(id);
  if (found) found.push(value);
  else lists.set(id, [value]);
}

/** What the world outside does for an instance: activities end, timers fire, events come. Entities answer by themselves. */
function outside(run: InstanceFixture, choice: number): CommandBody | null {
  const { state } = run;
  if (isFinal(state.status)) return null;
  if (state.status === 'Suspended') return { type: 'Resume', reason: 'random', by: 'ann' };
  if (choice % 97 === 0) return { type: 'Terminate', reason: 'random', by: 'ann', recursive: false };
  if (choice % 31 === 0) return { type: 'Suspend', reason: 'random', by: 'ann' };
  const steps = [...state.steps.values()];
  for (let tried = 0; tried < steps.length; tried++) {
    const step = steps[(choice + tried) % steps.length];
    const command = step && onStep(run, step, choice);
    if (command) return command;
  }
  return null;
}

function onStep(run: InstanceFixture, step: OpenStep, choice: number): CommandBody | null {
  const timer = possibleTimers(step).find((id) => run.state.timers.has(id));
  // A scope's timeout is taken only now and then, else no section would ever be used.
  if (
    timer &&
    (step.kind === 'container'
      ? choice % 5 === 0
      : choice % 2 === 0 || step.kind === 'timer' || ('phase' in step && step.phase === 'backoff'))
  ) {
    return { type: 'FireTimer', timer };
  }
  const failure = { code: 'Boom', message: 'random' };
  switch (step.kind) {
    case 'activity':
      if (step.phase === 'backoff') return null;
      return choice % 6 === 0
        ? { type: 'FailTask', step: step.key, attempt: step.attempt, failure }
        : { type: 'CompleteTask', step: step.key, attempt: step.attempt, output: choice };
    case 'event':
      return { type: 'RaiseEvent', id: `${choice}`, name: step.name, data: null, by: 'ann' };
    case 'humanTask': {
      const outcome = step.task.outcomes[0]?.port;
      return outcome === undefined
        ? null
        : { type: 'DecideHumanTask', step: step.key, outcome, data: null, comment: null, by: step.holders[0]?.by ?? 'ann' };
    }
    case 'subWorkflow':
      return step.phase === 'backoff' ? null : { type: 'CompleteChild', step: step.key, child: step.child, output: null };
    case 'entityCall':
    case 'container':
    case 'timer':
      return null;
  }
}

/** Lets everything come to its end: all mail is delivered, every step answered. */
function drain(world: World, pick: number): void {
  for (let left = 5_000; left > 0; left--) {
    if (world.mail.length > 0) {
      deliver(world, (pick * left) % world.mail.length);
      continue;
    }
    const command = [...world.instances.values()].map((run) => [run, outside(run, 1)] as const).find(([, body]) => body !== null);
    if (!command) return;
    const [run, body] = command;
    if (body) act(world, run, body);
  }
  throw new Error('The world does not come to rest.');
}

test(
  'N K any workflows, messages in any order: in turn, at most once, one section at a time, and every lock comes back',
  { timeout: 120_000 },
  () => {
    let granted = 0;
    let operations = 0;
    fc.assert(
      fc.property(
        fc.array(randomPlan, { minLength: 2, maxLength: 4, size: 'max' }),
        fc.array(fc.nat(1_000_000), { maxLength: 120, size: 'max' }),
        fc.integer({ min: 1, max: 1_000 }),
        (plans, picks, last) => {
          const world = new World();
          for (const [at, plan] of plans.entries()) add(world, new InstanceFixture(plan, evaluator, `w${at}`));
          for (const pick of picks) {
            const runs = [...world.instances.values()];
            const run = runs[pick % runs.length];
            if (pick % 3 > 0 && world.mail.length > 0) deliver(world, Math.floor(pick / 3) % world.mail.length);
            else {
              const body = run && outside(run, Math.floor(pick / 3));
              if (run && body) act(world, run, body);
            }
          }
          drain(world, last);
          for (const run of world.instances.values()) expect(isFinal(run.state.status)).toBe(true);
          for (const [id, { state, history }] of world.entities) {
            expect(state).toMatchObject({ lock: null, queue: [] });
            const applied = history.flatMap((event) =>
              event.type === 'EntityOperationApplied' || event.type === 'EntityOperationRejected' ? [event.request.id] : [],
            );
            expect(new Set(applied).size).toBe(applied.length);
            expect(world.done.get(id) ?? []).toEqual(world.arrived.get(id) ?? []);
          }
          granted += world.granted;
          operations += world.sent;
        },
      ),
      { numRuns: 200 },
    );
    // The test is about something: sections were entered, entities were used.
    expect(granted).toBeGreaterThan(20);
    expect(operations).toBeGreaterThan(200);
  },
);
