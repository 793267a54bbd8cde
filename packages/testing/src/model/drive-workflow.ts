/** Drives the engine alone through a random workflow: random answers, timers and events until the instance has ended. Gives its history. */
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
import { compile, pinnablePorts, type Json, type NodeId, type WorkflowDocument } from '@perdure/graph';
import type { RandomWorkflow } from './random-workflow.ts';

const mostCommands = 2_000;

const evaluator = createEvaluator({
  sandbox: { evaluate: () => Promise.reject(new Error('Random workflows are cheap.')) },
  payloads: { load: () => Promise.reject(new Error('Nothing is large.')), keep: () => Promise.reject(new Error('Nothing is large.')) },
});

export async function driveWorkflow({ document }: RandomWorkflow, random: () => number): Promise<HistoryEvent[]> {
  const compiled = compile(document, { analyser: expressionAnalyser });
  if (!compiled.ok)
    throw new Error(`It does not compile: ${compiled.problems.map(({ title, detail }) => `${title}: ${detail}`).join('; ')}`);
  const state = initialState(instanceId('driven'));
  const history: HistoryEvent[] = [];
  let at = Date.UTC(2030, 0, 1);
  const send = async (body: CommandBody): Promise<void> => {
    at += Math.floor(random() * 200);
    const { events } = await decide(compiled.plan, state, { ...body, at, seed: `${history.length}` }, evaluator);
    history.push(...events);
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
  for (let sent = 0; !isFinal(state.status); sent += 1) {
    if (sent > mostCommands) throw new Error(`It has not ended after ${mostCommands} commands.`);
    await send(nextCommand(state, random));
  }
  return history;
}

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
  return { ...test, from: { node: at.id, only: random() < 0.3, outputs, vars: { v0: 1, v1: 0 } } };
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
