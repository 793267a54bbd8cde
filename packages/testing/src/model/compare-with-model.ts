/** Holds a history against the model: what came from outside is fed to it, what it makes of that must be what the history says, step by step. */
import { evolve, initialState, instanceId, isFinal, type HistoryEvent, type InstanceState, type OpenStep } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import { ModelInstance, text } from './model-instance.ts';
import type { ModelVote } from './model-place.ts';
import type { RandomWorkflow } from './random-workflow.ts';
import type { Migration, Skip, Stimulus } from './stimulus.ts';

/** In words, the first few; empty when there is none. `versions`: those it may have been migrated to, by number. */
export function compareWithModel(
  workflow: RandomWorkflow,
  history: readonly HistoryEvent[],
  versions: ReadonlyMap<number, RandomWorkflow> = new Map(),
): string[] {
  const model = new ModelInstance(workflow);
  const state = initialState(instanceId('compared'));
  try {
    for (const [i, event] of history.entries()) {
      const stimulus = stimulusOf(event, { before: history[i - 1], after: history[i + 1] }, model, versions);
      if (stimulus !== null) {
        // What ends an instance from outside closes everything first.
        const isEnd = stimulus.type === 'terminate' || stimulus.type === 'cancel';
        const elsewhere = isEnd ? null : standsElsewhere(state, model);
        if (elsewhere !== null) return [`before ${event.seq} (${event.type}) ${elsewhere}`];
        model.feel(stimulus, event.at);
      }
      evolve(state, event);
    }
  } catch (error) {
    return [`${(error as Error).message} (after ${model.trace.slice(-4).join(', ')})`];
  }
  const differences: string[] = [];
  const trace = traceOf(history);
  const at = trace.findIndex((line, i) => line !== model.trace[i]);
  if (at >= 0 || trace.length !== model.trace.length) {
    const place = at >= 0 ? at : trace.length;
    differences.push(
      `after “${trace[place - 1] ?? ''}” came “${trace[place] ?? 'nothing'}” instead of “${model.trace[place] ?? 'nothing'}”`,
    );
  }
  const same = (what: string, is: Json | undefined, shouldBe: Json | undefined): void => {
    if (text(is) !== text(shouldBe)) differences.push(`${what} is ${text(is)} instead of ${text(shouldBe)}`);
  };
  same('the status', state.status, model.status);
  same('the custom status', state.customStatus, model.customStatus);
  same('the variables', state.vars, model.vars);
  if (!isFinal(state.status)) return differences;
  same('the output', state.output, model.output);
  if (state.status !== 'Failed') return differences;
  same('the failure’s code', state.failure?.code, model.failure?.code);
  same('the failed node', state.failure?.node, model.failure?.node);
  same('the failed step', state.failure?.step, model.failure?.step);
  return differences;
}

/** Codes whose failures say of themselves that they must not be tried again. */
const finalCodes = ['Fatal', 'Quarantined'];

/** What is open, which attempts, and which timeouts and deadlines run. */
function standsElsewhere(state: InstanceState, model: ModelInstance): string | null {
  if (state.seq === 0 || isFinal(state.status)) return null;
  const attempt = (step: OpenStep) => (step.kind === 'activity' || step.kind === 'subWorkflow' ? ` attempt ${step.attempt}` : '');
  const steps = [...state.steps.values()].map((step) => `${step.key} at ${step.node}${attempt(step)}`).sort();
  const limits = [...state.timers.values()].flatMap(({ step, purpose }) => (purpose === 'timeout' || purpose === 'deadline' ? [step] : []));
  const should = model.standing();
  if (text(steps) !== text(should.steps)) return `${listed(steps)} is open instead of ${listed(should.steps)}`;
  return text(limits.sort()) === text(should.limits) ? null : `${listed(limits)} has a limit instead of ${listed(should.limits)}`;
}

function listed(names: readonly string[]): string {
  return names.join(', ') || 'nothing';
}

/** What came from outside with this event; null when it follows from another. */
function stimulusOf(
  event: HistoryEvent,
  { before, after }: { before: HistoryEvent | undefined; after: HistoryEvent | undefined },
  model: ModelInstance,
  versions: ReadonlyMap<number, RandomWorkflow>,
): Stimulus | null {
  const { at } = event;
  switch (event.type) {
    case 'ExecutionStarted':
      return { type: 'start', input: event.input, test: event.test };
    case 'TaskCompleted':
    case 'SubOrchestrationInstanceCompleted':
      return { type: 'complete', step: event.step, output: event.output };
    case 'SubOrchestrationInstanceFailed':
      if (before?.type === 'TimerFired' && before.step === event.step && before.purpose === 'timeout') return null;
      return { type: 'fail', step: event.step, failure: event.failure, isRetryable: true, at };
    case 'TaskFailed':
      return { type: 'fail', step: event.step, failure: event.failure, isRetryable: !finalCodes.includes(event.failure.code), at };
    case 'TimerFired':
      return { type: 'timer', step: event.step, purpose: event.purpose, at };
    case 'SubOrchestrationInstanceCreated':
      // Attempts follow from what failed; only what cannot be rewound is replaced from outside.
      return event.attempt > 1 && (model.attemptOf(event.step) ?? event.attempt) < event.attempt
        ? { type: 'replaced', step: event.step }
        : null;
    case 'ExecutionRewound':
      return { type: 'rewind', then: thenOf(event, after, versions) };
    case 'StepSkippedByHand':
      return isWithRewind(event, before) ? null : { type: 'skip', skip: skipOf(event) };
    case 'StepRetried':
      return { type: 'retryNow', step: event.step };
    case 'VariablesEdited':
      return { type: 'edit', values: event.values };
    case 'VersionMigrated': {
      return isWithRewind(event, before) ? null : { type: 'migrate', migration: migrationOf(event, versions) };
    }
    case 'EventRaised':
      return { type: 'event', name: event.name, data: event.data };
    case 'HumanTaskVoted':
      return { type: 'vote', ...voteOf(event) };
    case 'HumanTaskDecided':
      // Where there are votes, the model says itself which of them decides.
      if (before?.type === 'HumanTaskVoted' && before.step === event.step) return null;
      return { type: 'vote', ...voteOf(event) };
    case 'ExecutionSuspended':
      return { type: 'suspend' };
    case 'ExecutionResumed':
      return { type: 'resume', at };
    case 'ExecutionTerminated':
      return { type: 'terminate', reason: event.reason };
    case 'ExecutionCompleted':
      return event.status === 'Canceled' ? { type: 'cancel' } : null;
    default:
      return null;
  }
}

function skipOf({ step, opening, port, output }: HistoryEvent & { type: 'StepSkippedByHand' }): Skip {
  return { step, isPassing: opening !== undefined, port, output };
}

/** What a rewind was for: a skip or a migration of what had failed. */
function thenOf(
  rewound: HistoryEvent & { type: 'ExecutionRewound' },
  after: HistoryEvent | undefined,
  versions: ReadonlyMap<number, RandomWorkflow>,
): Skip | Migration | null {
  if (after?.type === 'StepSkippedByHand' && isWithRewind(after, rewound)) return skipOf(after);
  if (after?.type === 'VersionMigrated' && isWithRewind(after, rewound)) return migrationOf(after, versions);
  return null;
}

/** Of one command. Another that came right after a rewind finds the instance running, and its time has gone on. */
function isWithRewind(
  event: HistoryEvent & { type: 'StepSkippedByHand' | 'VersionMigrated' },
  before: HistoryEvent | undefined,
): before is HistoryEvent & { type: 'ExecutionRewound' } {
  return before?.type === 'ExecutionRewound' && before.at === event.at && before.by === event.by;
}

function migrationOf(event: HistoryEvent & { type: 'VersionMigrated' }, versions: ReadonlyMap<number, RandomWorkflow>): Migration {
  const to = versions.get(event.version);
  if (to === undefined) throw new Error(`There is no version ${event.version}.`);
  return { to, nodes: new Map(Object.entries(event.nodes)), edges: new Map(Object.entries(event.edges)) };
}

function voteOf(event: Extract<HistoryEvent, { type: 'HumanTaskVoted' | 'HumanTaskDecided' }>): { step: string; vote: ModelVote } {
  const { step, by, outcome, data, comment, at } = event;
  return { step, vote: { by, outcome, data, comment, at } };
}

/** The history in the words of the model's trace. */
function traceOf(history: readonly HistoryEvent[]): string[] {
  const raised = new Map<number, Json>();
  const trace: string[] = [];
  const opened = (step: string): void => {
    trace.push(step);
  };
  for (const event of history) {
    switch (event.type) {
      case 'EventRaised':
        raised.set(event.seq, event.data);
        break;
      case 'TaskScheduled':
      case 'SubOrchestrationInstanceCreated':
        if (event.attempt === 1) opened(event.step);
        break;
      case 'TimerCreated':
        if (event.opening !== undefined) opened(event.step);
        break;
      case 'EventAwaited':
      case 'HumanTaskCreated':
      case 'ContainerEntered':
        opened(event.step);
        break;
      case 'VariablesSet':
      case 'CustomStatusSet':
      case 'JoinFired':
        trace.push(event.step);
        break;
      case 'StepSkipped':
        trace.push(`${event.step} skipped`);
        break;
      case 'StepPinned':
        trace.push(
          `${event.step} ${event.failure === undefined ? `is pinned to ${text(event.output)}` : `fails ${event.failure.code}`} by ${event.port}`,
        );
        break;
      case 'ConditionTaken':
        trace.push(`${event.step} takes ${event.port}`);
        break;
      case 'TransformCompleted':
      case 'EndReached':
      case 'TaskCompleted':
      case 'SubOrchestrationInstanceCompleted':
        trace.push(`${event.step} = ${text(event.output)}`);
        break;
      case 'ContainerExited':
        trace.push(event.failure === undefined ? `${event.step} = ${text(event.output)}` : `${event.step} leaves by ${event.port}`);
        break;
      case 'EventReceived':
        trace.push(`${event.step} = ${text(raised.get(event.raised))}`);
        break;
      case 'HumanTaskDecided': {
        const { step, outcome, data, by, comment } = event;
        const cast = history.filter((one) => one.type === 'HumanTaskVoted' && one.step === step && one.seq < event.seq);
        const votes = (cast.length > 0 ? cast : [event]).flatMap((one) =>
          one.type === 'HumanTaskVoted' || one === event ? [voteOf(one)] : [],
        );
        trace.push(`${step} = ${text({ outcome, data, by, comment, votes: votes.map(({ vote }) => vote) })}`);
        break;
      }
      case 'TaskFailed':
      case 'SubOrchestrationInstanceFailed':
        if (!event.retry) trace.push(`${event.step} fails ${event.failure.code}`);
        break;
      case 'StepSkippedByHand':
        trace.push(`${event.step} is skipped to ${text(event.output)} by ${event.port}`);
        break;
      case 'StepFailed':
        trace.push(`${event.step} fails ${event.failure.code}`);
        break;
      case 'TimerFired':
        if (!['retry', 'reminder', 'escalation'].includes(event.purpose) && !isContainerOrChild(history, event.step))
          trace.push(`${event.step} over`);
        break;
      case 'TokenCancelled':
        trace.push(`cancelled ${event.steps.join(' ')}`);
        break;
      default:
        break;
    }
  }
  return trace;
}

/** A scope or a sub-workflow, which its timer does not close. */
function isContainerOrChild(history: readonly HistoryEvent[], step: string): boolean {
  return history.some(
    (event) => (event.type === 'ContainerEntered' || event.type === 'SubOrchestrationInstanceCreated') && event.step === step,
  );
}
