import type { SubWorkflowNode } from '@perdure/graph';
import { conclude } from './conclude.ts';
import { sectionAround } from './critical-section.ts';
import { evaluate, evaluateLoaded } from './expression-scope.ts';
import type { Failure } from './failure.ts';
import { timeoutFailure } from './failure.ts';
import { retryMoment, startChild } from './next-attempt.ts';
import { blame, failEntering, leave } from './raise.ts';
import { startTimer } from './start-timer.ts';
import type { OpenStep } from './state.ts';
import { OUT, nodeOf, opening } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Token, Turn } from './turn.ts';
import type { Json } from '@perdure/graph';

type SubWorkflowStep = OpenStep & { kind: 'subWorkflow' };

/** [S1] */
export function* enterSubWorkflow(turn: Turn, token: Token, node: SubWorkflowNode): Steps<void> {
  const workflow = yield* evaluateLoaded(turn, node.workflow, 'workflow', token);
  if (!workflow.ok) return failEntering(turn, token, node, workflow.failure);
  if (typeof workflow.value !== 'string' || workflow.value === '') {
    return failEntering(turn, token, node, { code: 'InvalidValue', message: 'workflow: must be the key of a workflow, as text.' });
  }
  const input = yield* evaluate(turn, node.input, 'input', token);
  if (!input.ok) return failEntering(turn, token, node, input.failure);
  if (sectionAround(turn, token.frame)) {
    return failEntering(turn, token, node, {
      code: 'CriticalSection',
      message: 'A critical section cannot start sub-workflows. Start it outside.',
    });
  }
  const place = opening(turn, token);
  startChild(turn, place, { workflow: workflow.value, version: node.version, input: input.value }, 1);
  if (!node.wait) leave(turn, token.frame, node, place.step, OUT, token.caughtFrom);
}

/** [S4] */
export function completeChild(turn: Turn, step: SubWorkflowStep, output: Json): void {
  conclude(turn, step, { type: 'SubOrchestrationInstanceCompleted', step: step.key, instanceId: step.child, output });
}

/** [S5] */
export function failChild(turn: Turn, step: SubWorkflowStep, reported: Failure): void {
  const node = nodeOf(turn, step.node);
  const failure = blame(reported, node, step.key);
  const retryAt = retryMoment(turn, step, node.kind === 'subWorkflow' ? node.retry : null, failure);
  conclude(turn, step, {
    type: 'SubOrchestrationInstanceFailed',
    step: step.key,
    instanceId: step.child,
    failure,
    retry: retryAt !== null,
  });
  if (retryAt !== null) startTimer(turn, step.key, 'retry', step.attempt, retryAt);
}

/** Its timer fired first: the child is told to stop, and its answer will find nothing open. [S6] */
export function timeOutChild(turn: Turn, step: SubWorkflowStep): void {
  turn.effects.push({ type: 'CancelChild', child: step.child, reason: 'It took longer than the parent workflow allows.' });
  failChild(turn, step, timeoutFailure(nodeOf(turn, step.node).title));
}
