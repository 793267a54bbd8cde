import type { NodeId, Plan } from '@perdure/graph';
import type { FrameId } from './ids.ts';
import type { InstanceState, OpenStep } from './state.ts';
import { quarantineWords } from './quarantine-words.ts';
import { ROOT_FRAME } from './step-place.ts';
import { timerIdOf } from './step-timers.ts';

/** Where an instance stands and what it waits for there, for lists. */
export interface WaitsFor {
  node: NodeId;
  title: string;
  kind: 'activity' | 'retry' | 'quarantined' | 'timer' | 'event' | 'humanTask' | 'subWorkflow' | 'forEach' | 'entity' | 'lock';
  /** What, in words; the screen adds `until`. */
  detail: string;
  /** Epoch ms. */
  until?: number;
}

/**
 * A step held in quarantine, since nothing but a person moves it on; else the step that has been open longest, looked for inside containers; a for each with several items at work answers for them.
 * Null when nothing is open: the instance has ended, or it is suspended with its results recorded.
 */
export function waitsFor(plan: Plan, state: InstanceState): WaitsFor | null {
  const [held] = state.quarantined.keys();
  const step = held === undefined ? firstOpenStep(state, ROOT_FRAME) : state.steps.get(held);
  if (!step) return null;
  const title = plan.nodes.get(step.node)?.title ?? step.node;
  return { node: step.node, title, ...reason(state, step) };
}

function firstOpenStep(state: InstanceState, frame: FrameId): OpenStep | undefined {
  const [key] = state.frames.get(frame)?.open ?? [];
  const step = key === undefined ? undefined : state.steps.get(key);
  if (step?.kind !== 'container' || step.passes.size > 1) return step;
  const [pass] = step.passes;
  return (pass !== undefined && firstOpenStep(state, pass)) || step;
}

function reason(state: InstanceState, step: OpenStep): Omit<WaitsFor, 'node' | 'title'> {
  switch (step.kind) {
    case 'activity':
      if (step.phase === 'scheduled')
        return { kind: 'activity', detail: step.attempt === 1 ? 'Activity is running' : `Attempt ${step.attempt} is running` };
      if (step.phase === 'quarantined') return { kind: 'quarantined', detail: quarantineWords(state.quarantined.get(step.key) ?? 0) };
      return retry(state, step, `Attempt ${step.attempt} failed${step.lastFailure ? `: ${step.lastFailure.message}` : ''}`);
    case 'timer':
      return { kind: 'timer', detail: 'Timer', until: step.fireAt };
    case 'event': {
      const detail = `Waits for the event “${step.name}”`;
      return step.deadlineAt === null ? { kind: 'event', detail } : { kind: 'event', detail, until: step.deadlineAt };
    }
    case 'humanTask': {
      const until = step.task.deadlineAt ?? step.task.dueAt;
      const detail = taskWords(step);
      return until === null ? { kind: 'humanTask', detail } : { kind: 'humanTask', detail, until };
    }
    case 'subWorkflow':
      if (step.phase === 'scheduled') return { kind: 'subWorkflow', detail: `Waits for ${step.child}` };
      return retry(state, step, `Attempt ${step.attempt} failed`);
    case 'entityCall':
      return { kind: 'entity', detail: `Waits for ${step.entity.slice(1)}, ${step.operation}` };
    case 'container': {
      const { container } = step;
      if (container.type === 'scope' && container.lock?.held === false) {
        const wait = { kind: 'lock', detail: `Waits to lock ${listOf(container.lock.entities)}` } as const;
        const timeout = state.timers.get(timerIdOf(step.key, 'timeout', 1));
        return timeout ? { ...wait, until: timeout.fireAt } : wait;
      }
      return { kind: 'forEach', detail: container.type === 'forEach' ? `${container.done} of ${container.count} done` : '' };
    }
  }
}

function taskWords({ holders, votes, task }: OpenStep & { kind: 'humanTask' }): string {
  const held = holders.length === 0 ? 'Waits for somebody to claim it' : `Claimed by ${holders.map(({ by }) => by).join(', ')}`;
  return task.rule === undefined || task.rule.needed === 1 ? held : `${held}, ${votes.length} of ${task.rule.needed} votes`;
}

function listOf(entities: readonly string[]): string {
  const names = entities.slice(0, 3).map((id) => id.slice(1));
  return entities.length > 3 ? `${names.join(', ')} and ${entities.length - 3} more` : names.join(', ');
}

function retry(state: InstanceState, step: OpenStep & { attempt: number }, detail: string): Omit<WaitsFor, 'node' | 'title'> {
  const timer = state.timers.get(timerIdOf(step.key, 'retry', step.attempt));
  return timer ? { kind: 'retry', detail, until: timer.fireAt } : { kind: 'retry', detail };
}
