import type { CompiledValue, HumanTaskNode, Json } from '@perdure/graph';
import type { Command, Outcome, RefusalCode } from './command.ts';
import { conclude } from './conclude.ts';
import type { Evaluated } from './expression-scope.ts';
import { evaluate, evaluateLoaded } from './expression-scope.ts';
import type { HumanTaskBody } from './history-event.ts';
import { failEntering } from './raise.ts';
import { startTimer } from './start-timer.ts';
import type { OpenStep } from './state.ts';
import { emit, opening } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Token, Turn } from './turn.ts';
import { durationOrMomentOf } from './when.ts';

type HumanTaskStep = OpenStep & { kind: 'humanTask' };

/** [H1, H2] */
export function* enterHumanTask(turn: Turn, token: Token, node: HumanTaskNode): Steps<void> {
  const task = yield* humanTaskBody(turn, token, node);
  if (!task.ok) return failEntering(turn, token, node, task.failure);
  const place = opening(turn, token);
  emit(turn, { type: 'HumanTaskCreated', ...place, task: task.value });
  turn.effects.push({ type: 'OpenHumanTask', step: place.step, node: node.id, task: task.value });
  const { deadlineAt } = task.value;
  if (deadlineAt !== null) startTimer(turn, place.step, 'deadline', 1, Math.max(deadlineAt, turn.command.at));
}

/** [H3] */
export function claimHumanTask(turn: Turn, step: HumanTaskStep, by: string): Outcome {
  if (step.claimedBy === by) return { ok: true };
  if (step.claimedBy !== null) return refused('task.already-claimed', `${step.claimedBy} has claimed this task. Ask them to release it.`);
  emit(turn, { type: 'HumanTaskClaimed', step: step.key, by });
  turn.effects.push({ type: 'AssignHumanTask', step: step.key, assignee: by, at: turn.command.at });
  return { ok: true };
}

/** [H4] */
export function releaseHumanTask(turn: Turn, step: HumanTaskStep, by: string): Outcome {
  if (step.claimedBy === null) return refused('task.not-claimant', 'Nobody has claimed this task.');
  if (step.claimedBy !== by) return refused('task.not-claimant', `Only ${step.claimedBy}, who claimed this task, can release it.`);
  emit(turn, { type: 'HumanTaskReleased', step: step.key, by });
  turn.effects.push({ type: 'AssignHumanTask', step: step.key, assignee: null, at: turn.command.at });
  return { ok: true };
}

/** [H5, H6] */
export function decideHumanTask(turn: Turn, step: HumanTaskStep, command: Command & { type: 'DecideHumanTask' }): Outcome {
  const { outcome, data, comment, by, at } = command;
  if (step.claimedBy !== null && step.claimedBy !== by) {
    return refused('task.already-claimed', `${step.claimedBy} has claimed this task. Ask them to release it.`);
  }
  if (!step.task.outcomes.some(({ port }) => port === outcome)) {
    const known = step.task.outcomes.map(({ port }) => `“${port}”`).join(', ');
    return refused('task.unknown-outcome', `This task has no outcome “${outcome}”. Its outcomes are ${known}.`);
  }
  turn.effects.push({ type: 'CloseHumanTask', step: step.key, status: 'decided', outcome, by, data, comment, at });
  conclude(turn, step, { type: 'HumanTaskDecided', step: step.key, outcome, data, comment, by });
  return { ok: true };
}

function refused(code: RefusalCode, message: string): Outcome {
  return { ok: false, code, message };
}

function* humanTaskBody(turn: Turn, token: Token, node: HumanTaskNode): Steps<Evaluated<HumanTaskBody>> {
  const title = yield* evaluateLoaded(turn, node.taskTitle, 'title', token);
  if (!title.ok) return title;
  const description = yield* evaluateOptional(turn, node.description, 'description', token);
  if (!description.ok) return description;
  const context: Evaluated = node.context ? yield* evaluate(turn, node.context, 'context', token) : { ok: true, value: null };
  if (!context.ok) return context;
  const candidates = yield* evaluateOptional(turn, node.candidates, 'candidates', token);
  if (!candidates.ok) return candidates;
  const names = textList(candidates.value);
  if (!names) return invalid('candidates: must be a list of user ids, e-mail addresses or group names.');
  const priority = yield* evaluateLoaded(turn, node.priority, 'priority', token);
  if (!priority.ok) return priority;
  const rank = priorityOf(priority.value);
  if (rank === undefined) return invalid('priority: must be a number from 0 to 100.');
  const due = yield* evaluateMoment(turn, node.due, 'due', token);
  if (!due.ok) return due;
  const deadline = yield* evaluateMoment(turn, node.deadline, 'deadline', token);
  if (!deadline.ok) return deadline;
  return {
    ok: true,
    value: {
      title: text(title.value) ?? node.title,
      description: text(description.value),
      context: context.value,
      candidates: names,
      priority: rank,
      formSchema: node.formSchema,
      outcomes: [...node.outcomes],
      dueAt: due.value,
      deadlineAt: deadline.value,
    },
  };
}

function* evaluateOptional(turn: Turn, value: CompiledValue | null, field: string, token: Token): Steps<Evaluated> {
  return value ? yield* evaluateLoaded(turn, value, field, token) : { ok: true, value: null };
}

function* evaluateMoment(turn: Turn, value: CompiledValue | null, field: string, token: Token): Steps<Evaluated<number | null>> {
  const result = yield* evaluateOptional(turn, value, field, token);
  if (!result.ok) return result;
  if (result.value === null || result.value === '') return { ok: true, value: null };
  const moment = durationOrMomentOf(result.value, turn.command.at);
  return moment === undefined
    ? invalid(`${field}: must be a duration such as 2d, or a moment with its time zone such as 2026-05-01T09:00:00Z.`)
    : { ok: true, value: moment };
}

function text(value: Json): string | null {
  if (value === null || value === '') return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textList(value: Json): string[] | undefined {
  if (value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  return list.every((entry) => typeof entry === 'string') ? list : undefined;
}

function priorityOf(value: Json): number | undefined {
  if (value === null) return 50;
  return typeof value === 'number' && value >= 0 && value <= 100 ? Math.round(value) : undefined;
}

function invalid(message: string): { ok: false; failure: { code: string; message: string } } {
  return { ok: false, failure: { code: 'InvalidValue', message } };
}
