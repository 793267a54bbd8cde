/**
 * Drives the engine alone through a random workflow: random answers, timers, events and operations until the instance has ended. A failed one
 * is taken back a few times.
 */
import { createEvaluator, expressionAnalyser } from '@perdure/expressions';
import {
  decide,
  executionId,
  initialState,
  instanceId,
  isFinal,
  type CommandBody,
  type HistoryEvent,
  type InstanceState,
  type OpenStep,
  type TestRun,
} from '@perdure/engine';
import { compile, pinnablePorts, type Json, type NodeId, type Plan, type WorkflowDocument } from '@perdure/graph';
import { anotherVersion } from './another-version.ts';
import type { RandomWorkflow } from './random-workflow.ts';

const mostCommands = 2_000;
const mostRewinds = 4;

const evaluator = createEvaluator({
  sandbox: { evaluate: () => Promise.reject(new Error('Random workflows are cheap.')) },
  payloads: { load: () => Promise.reject(new Error('Nothing is large.')), keep: () => Promise.reject(new Error('Nothing is large.')) },
});

export interface Drive {
  history: HistoryEvent[];
  /** The workflow by the versions it was migrated to. */
  versions: Map<number, RandomWorkflow>;
}

export async function driveWorkflow(workflow: RandomWorkflow, random: () => number): Promise<Drive> {
  const { document } = workflow;
  let plan = planOf(workflow);
  let current = workflow;
  const state = initialState(instanceId('driven'));
  const history: HistoryEvent[] = [];
  const versions = new Map<number, RandomWorkflow>();
  let at = Date.UTC(2030, 0, 1);
  const send = async (body: CommandBody): Promise<void> => {
    at += Math.floor(random() * 200);
    const { events } = await decide(plan, state, { ...body, at, seed: `${history.length}` }, evaluator);
    history.push(...events);
  };
  const migrate = async (): Promise<void> => {
    const { workflow: next, ...renamed } = anotherVersion(current, random);
    const [target, version] = [planOf(next), state.version + 1];
    const command = { type: 'Migrate', version, seq: state.seq, ...renamed, reason: 'random', by: 'test' } as const;
    at += Math.floor(random() * 200);
    const { events, outcome } = await decide(plan, state, { ...command, at, seed: `${history.length}` }, evaluator, target);
    history.push(...events);
    if (!outcome.ok) return;
    versions.set(version, next);
    [plan, current] = [target, next];
  };
  await send({
    type: 'StartExecution',
    executionId: executionId('x'),
    workflow: 'random',
    version: 1,
    input: { n: Math.floor(random() * 3), list: [1, 2, 3], flag: random() < 0.5 },
    tags: [],
    startedBy: 'test',
    parent: null,
    ...(random() < 0.4 && { test: randomTestRun(document, random) }),
  });
  let rewinds = 0;
  for (let sent = 0; !isFinal(state.status) || (state.status === 'Failed' && rewinds < mostRewinds); sent += 1) {
    if (sent > mostCommands) throw new Error(`It has not ended after ${mostCommands} commands.`);
    if (state.status === 'Failed') {
      rewinds += 1;
      await (random() < 0.2 ? migrate() : send(reopening(state, random)));
    } else if (random() < 0.04) await migrate();
    else await send(random() < 0.05 ? operation(state, random) : nextCommand(state, random));
  }
  return { history, versions };
}

function planOf({ document }: RandomWorkflow): Plan {
  const compiled = compile(document, { analyser: expressionAnalyser });
  if (compiled.ok) return compiled.plan;
  throw new Error(`It does not compile: ${compiled.problems.map(({ title, detail }) => `${title}: ${detail}`).join('; ')}`);
}

/** What an operator might do to a failed instance. */
function reopening({ fallen }: InstanceState, random: () => number): CommandBody {
  const fell = [...(fallen?.steps.map(({ step }) => step.key) ?? []), ...(fallen?.tokens.flatMap(({ step }) => step ?? []) ?? [])];
  const step = fell[Math.floor(random() * fell.length)];
  const roll = random();
  if (step === undefined || roll < 0.6) return { type: 'Rewind', ...said };
  if (roll < 0.7) return { type: 'RetryStep', step, ...said };
  return { type: 'SkipStep', step, output: { k: 2 }, port: null, ...said };
}

/** And to one that runs. */
function operation(state: InstanceState, random: () => number): CommandBody {
  const steps = [...state.steps.values()];
  const step = steps[Math.floor(random() * steps.length)];
  const roll = random();
  if (step === undefined || roll < 0.2) return { type: 'EditVariables', values: { v0: Math.floor(random() * 3) }, ...said };
  if (step.kind === 'subWorkflow' && roll < 0.5) return { type: 'ReplaceChild', step: step.key, child: step.child };
  const waiting = steps.find((one) => 'phase' in one && one.phase === 'backoff');
  if (waiting !== undefined && roll < 0.6) return { type: 'RetryStep', step: waiting.key, ...said };
  const port = step.kind === 'humanTask' ? (step.task.outcomes[0]?.port ?? null) : null;
  return { type: 'SkipStep', step: step.key, output: { k: 1 }, port, ...said };
}

const said = { reason: 'random', by: 'test' };

/** Random pins, and at times a beginning somewhere else than at the start. */
function randomTestRun({ nodes }: WorkflowDocument, random: () => number): TestRun {
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const pins: TestRun['pins'] = {};
  for (const node of nodes) {
    const port = pick(pinnablePorts(node));
    if (port === undefined || random() > 0.15) continue;
    const output =
      port.kind === 'exceptional' ? { code: pick(['Boom', 'Declined']) ?? '', message: 'pinned' } : { k: Math.floor(random() * 3) };
    pins[node.id] = { output, ...((port.kind === 'exceptional' || random() < 0.5) && { port: port.id }) };
  }
  const test: TestRun = { pins, fastForward: random() < 0.5, ...(random() < 0.2 && { pinnedOnly: true }) };
  const at = pick(nodes.filter(({ parent, type }) => parent === null && type !== 'start'));
  if (at === undefined || random() < 0.5) return test;
  const outputs: Record<NodeId, Json> = {};
  for (const { id } of nodes) if (random() < 0.3) outputs[id] = { k: 2 };
  return { ...test, from: { node: at.id, only: random() < 0.3 && at.type !== 'subWorkflow', outputs, vars: { v0: 1, v1: 0 } } };
}

function nextCommand(state: InstanceState, random: () => number): CommandBody {
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const roll = random();
  if (state.status === 'Suspended' && roll < 0.4) return { type: 'Resume', reason: '', by: 'test' };
  if (state.status === 'Running' && roll < 0.05) return { type: 'Suspend', reason: '', by: 'test' };
  if (roll > 0.997) return { type: 'Terminate', reason: 'random', by: 'test', recursive: true };
  if (roll > 0.995) return { type: 'Cancel', reason: 'random' };
  if (roll > 0.96) return { type: 'RaiseEvent', id: `${state.seq}`, name: pick(['GO', 'Stop']) ?? '', data: { k: 1 }, by: 'test' };
  const timer = pick([...state.timers.keys()]);
  if (timer !== undefined && roll < 0.35) return { type: 'FireTimer', timer };
  const step = pick([...state.steps.values()].filter(({ kind }) => kind !== 'container'));
  return (
    (step === undefined ? null : answerTo(step, random)) ??
    (timer === undefined ? { type: 'Resume', reason: '', by: 'test' } : { type: 'FireTimer', timer })
  );
}

/** Null when only a timer can bring the step on. */
function answerTo(step: OpenStep, random: () => number): CommandBody | null {
  const succeeds = random() < 0.7;
  const code = ['Boom', 'Fatal', 'Declined'][Math.floor(random() * 3)] ?? 'Boom';
  const output = { k: Math.floor(random() * 3) };
  switch (step.kind) {
    case 'activity':
      if (step.phase === 'backoff') return null;
      if (succeeds) return { type: 'CompleteTask', step: step.key, attempt: step.attempt, output };
      return {
        type: 'FailTask',
        step: step.key,
        attempt: step.attempt,
        failure: { code, message: 'random' },
        retryable: code !== 'Fatal',
      };
    case 'event':
      return { type: 'RaiseEvent', id: step.key, name: step.name, data: output, by: 'test' };
    case 'humanTask': {
      const outcome = step.task.outcomes[succeeds ? 0 : 1]?.port;
      if (outcome === undefined) return null;
      const voters = ['ann', 'bob', 'cleo', 'dan', 'eve', 'fay'].filter((name) => !step.votes.some(({ by }) => by === name));
      const by = voters[Math.floor(random() * voters.length)] ?? 'gil';
      return { type: 'DecideHumanTask', step: step.key, outcome, data: output, comment: null, by };
    }
    case 'subWorkflow':
      if (step.phase === 'backoff') return null;
      return succeeds
        ? { type: 'CompleteChild', step: step.key, child: step.child, output }
        : { type: 'FailChild', step: step.key, child: step.child, failure: { code: code === 'Fatal' ? 'Boom' : code, message: 'random' } };
    default:
      // Timers and containers; random workflows call no entities.
      return null;
  }
}
