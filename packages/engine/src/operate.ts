import type { NodeId, Plan, PlanNode, PortId } from '@perdure/graph';
import { releaseTask } from './activity.ts';
import { letGo, stopStep } from './cancel.ts';
import type { Command, Outcome, RefusalCode } from './command.ts';
import { conclude } from './conclude.ts';
import { firstNormalPort } from './first-normal-port.ts';
import type { StepKey } from './ids.ts';
import { changeTaskRow } from './human-task.ts';
import { fireReady } from './join.ts';
import { leave } from './raise.ts';
import { canRewind, reopen, skipClosed, takeUp } from './rewind.ts';
import { startChild } from './next-attempt.ts';
import type { InstanceState, OpenStep } from './state.ts';
import { emit, nodeOf, openingOf } from './turn.ts';
import type { Turn } from './turn.ts';

/*
 * What a person may do to an instance when its plan alone does not bring it on. [O]
 */

/** [O1–O6] */
export function rewindInstance(turn: Turn, command: Command & { type: 'Rewind' }): Outcome {
  const refusal = rewindRefusal(turn.state);
  if (refusal) return refusal;
  if (command.seq !== undefined && command.seq !== turn.state.seq)
    return refuse('instance.changed', `The instance “${turn.state.instanceId}” has gone on since, and failed anew.`);
  takeUp(turn, reopen(turn, command), command);
  return DONE;
}

/** [O7] */
export function retryStep(turn: Turn, command: Command & { type: 'RetryStep' }): Outcome {
  const { state } = turn;
  if (state.status === 'Failed') {
    const refusal = rewindRefusal(state) ?? notFallen(state, command.step);
    if (refusal) return refusal;
    takeUp(turn, reopen(turn, command), command);
    return DONE;
  }
  const step = state.steps.get(command.step);
  if (step?.kind === 'activity' && step.phase === 'quarantined') {
    releaseTask(turn, step, command);
    return DONE;
  }
  const waits = (step?.kind === 'activity' || step?.kind === 'subWorkflow') && step.phase === 'backoff';
  // While suspended its timer may have fired already: the next attempt starts when it is resumed.
  if (!waits || state.deferred.some((work) => work.type === 'retry' && work.step === step.key))
    return refuse('step.not-waiting', `The step ${command.step} does not wait for another attempt.`);
  conclude(turn, step, { type: 'StepRetried', step: step.key, reason: command.reason, by: command.by });
  return DONE;
}

/** [O8] */
export function skipStep(turn: Turn, command: Command & { type: 'SkipStep' }): Outcome {
  const { state } = turn;
  const failed = state.status === 'Failed';
  const place = failed ? fallenNode(state, command.step) : state.steps.get(command.step)?.node;
  if (failed) {
    const refusal = rewindRefusal(state) ?? notFallen(state, command.step);
    if (refusal) return refusal;
  }
  if (place === undefined) return refuse('step.not-open', `The step ${command.step} is not open: there is nothing to skip.`);
  const node = nodeOf(turn, place);
  const port = command.port ?? firstNormalPort(node);
  if (port === null || !mayLeaveBy(node, port))
    return refuse('step.unknown-port', `“${node.title}” cannot be left by ${port === null ? 'any port' : `“${port}”`}.`);
  const skipped = { port, output: command.output, reason: command.reason, by: command.by };
  if (!failed) {
    const step = openStep(state, command);
    stopStep(turn, step.key, { type: 'cancel', reason: 'Somebody skipped the step it ran for.' });
    conclude(turn, step, { type: 'StepSkippedByHand', step: step.key, ...skipped });
    return DONE;
  }
  const { failed: origin, tokens } = reopen(turn, command);
  const step = state.steps.get(command.step);
  // Nothing of it has been taken up yet, so there is nothing to stop.
  if (step) emit(turn, { type: 'StepSkippedByHand', step: step.key, ...skipped });
  const rest = step ? tokens : skipClosed(turn, tokens, command.step, skipped);
  const token = tokens.find(({ step: key }) => key === command.step);
  takeUp(turn, { failed: origin, tokens: rest }, command);
  const from = step ?? token;
  if (from && state.frames.has(from.frame)) leave(turn, from.frame, nodeOf(turn, from.node), command.step, port, from.caughtFrom);
  return DONE;
}

/** [O9] */
export function editVariables(turn: Turn, { values, reason, by }: Command & { type: 'EditVariables' }): Outcome {
  emit(turn, { type: 'VariablesEdited', values, reason, by });
  return DONE;
}

/** `target`: the plan of the version it moves to. [O10, O11] */
export function migrate(turn: Turn, command: Command & { type: 'Migrate' }, target: Plan | undefined): Outcome {
  const { state } = turn;
  if (!target) throw new Error(`There is no plan of version ${command.version} at hand.`);
  if (state.seq !== command.seq)
    return refuse('instance.changed', `The instance “${state.instanceId}” has gone on since the migration was planned.`);
  // Its pins and its beginning name nodes of its own snapshot.
  if (state.test) return refuse('migration.problems', 'A test run stays with the draft it was started from.');
  const failed = state.status === 'Failed';
  if (failed) {
    const refusal = rewindRefusal(state);
    if (refusal) return refusal;
  }
  const lost = nodesInUse(state).find((id) => target.nodes.get(command.nodes[id] ?? id)?.kind !== turn.plan.nodes.get(id)?.kind);
  if (lost || command.joins.some(({ node }) => target.nodes.get(node)?.kind !== 'join')) {
    const name = lost && (turn.plan.nodes.get(lost)?.title ?? lost);
    return refuse('migration.problems', `${name ? `“${name}”` : 'A join'} has no place in version ${command.version}.`);
  }
  const { version, nodes, edges, joins, reason, by } = command;
  const reopened = failed ? reopen(turn, command) : null;
  emit(turn, { type: 'VersionMigrated', version, nodes, edges, joins, reason, by });
  turn.plan = target;
  if (reopened) {
    const tokens = reopened.tokens.map((token) => ({
      ...token,
      node: nodes[token.node] ?? token.node,
      via: token.via === null ? null : (edges[token.via] ?? token.via),
    }));
    takeUp(turn, { ...reopened, tokens }, command);
  }
  // Those of a failed instance have just been opened again.
  else for (const step of state.steps.values()) if (step.kind === 'humanTask') changeTaskRow(turn, step);
  if (state.status === 'Running') goOn(turn);
  return DONE;
}

/** The instance of a sub-workflow cannot be rewound: another takes its place. [O6] */
export function replaceChild(turn: Turn, step: OpenStep & { kind: 'subWorkflow' }): void {
  letGo(turn, step);
  startChild(turn, openingOf(step), step, step.attempt + 1);
}

/** What another plan may let happen at once: a join that needs fewer tokens fires, a for each has room for more items. */
export function goOn(turn: Turn): void {
  for (const frame of [...turn.state.frames.values()]) {
    // A join may have cancelled the rest, and frames with it.
    if (!turn.state.frames.has(frame.id)) continue;
    for (const node of [...frame.joins.keys()]) {
      const join = nodeOf(turn, node);
      if (join.kind === 'join') fireReady(turn, frame, join);
    }
    turn.touched.add(frame.id);
  }
  for (const step of turn.state.steps.values()) {
    if (step.kind === 'container' && step.container.type === 'forEach') turn.work.push({ type: 'advance', step: step.key });
  }
}

/** Only what failed can be rewound, and only when something of it can go differently. [O1, O4] */
function rewindRefusal(state: InstanceState): (Outcome & { ok: false }) | null {
  if (state.status !== 'Failed')
    return refuse('instance.not-failed', `The instance “${state.instanceId}” has not failed: it is ${state.status}.`);
  if (canRewind(state)) return null;
  return refuse(
    'instance.not-rewindable',
    `Nothing in the instance “${state.instanceId}” could go differently if it went on from its failure.`,
  );
}

function notFallen(state: InstanceState, step: StepKey): (Outcome & { ok: false }) | null {
  return fallenNode(state, step) === undefined ? refuse('step.not-open', `The step ${step} was not open when the instance failed.`) : null;
}

function fallenNode({ fallen }: InstanceState, key: StepKey): NodeId | undefined {
  return fallen?.steps.find(({ step }) => step.key === key)?.step.node ?? fallen?.tokens.find(({ step }) => step === key)?.node;
}

/** Of what is open, on its way or waits to be acted on. */
function nodesInUse({ status, fallen, steps, deferred }: InstanceState): NodeId[] {
  if (status === 'Failed' && fallen) return [...fallen.steps.map(({ step }) => step.node), ...fallen.tokens.map(({ node }) => node)];
  return [...[...steps.values()].map(({ node }) => node), ...deferred.flatMap((work) => ('node' in work ? [work.node] : []))];
}

function openStep(state: InstanceState, { step: key }: Command & { type: 'SkipStep' }): OpenStep {
  const step = state.steps.get(key);
  if (!step) throw new Error(`Step ${key} is not open.`);
  return step;
}

/** Exceptional ports that carry an error cannot be taken without one. */
function mayLeaveBy(node: PlanNode, port: PortId): boolean {
  switch (node.kind) {
    case 'humanTask':
      return node.outcomes.some((outcome) => outcome.port === port) || (port === 'overdue' && node.outputs.has(port));
    case 'event':
      return port === 'out' || (port === 'timeout' && node.outputs.has(port));
    case 'condition':
      return port === 'otherwise' || node.cases.some((one) => one.port === port);
    default:
      return port === 'out';
  }
}

function refuse(code: RefusalCode, message: string): Outcome & { ok: false } {
  return { ok: false, code, message };
}

const DONE: Outcome = { ok: true };
