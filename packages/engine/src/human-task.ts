import type { CompiledValue, HumanTaskNode, Json, PortId } from '@perdure/graph';
import type { Command, Outcome, RefusalCode } from './command.ts';
import { conclude } from './conclude.ts';
import type { Evaluated } from './expression-scope.ts';
import { evaluate, evaluateLoaded } from './expression-scope.ts';
import type { HumanTaskBody, HumanTaskEscalation, HumanTaskRule, HumanTaskSchedule } from './history-event.ts';
import { failEntering } from './raise.ts';
import { startTimer } from './start-timer.ts';
import type { OpenStep } from './state.ts';
import { emit, opening } from './turn.ts';
import type { Steps } from './steps.ts';
import type { Token, Turn } from './turn.ts';
import { durationOf, durationOrMomentOf, offsetFrom } from './when.ts';

type HumanTaskStep = OpenStep & { kind: 'humanTask' };

/** [H1, H2] */
export function* enterHumanTask(turn: Turn, token: Token, node: HumanTaskNode): Steps<void> {
  const task = yield* humanTaskBody(turn, token, node);
  if (!task.ok) return failEntering(turn, token, node, task.failure);
  const place = opening(turn, token);
  emit(turn, { type: 'HumanTaskCreated', ...place, task: task.value });
  turn.effects.push({ type: 'OpenHumanTask', step: place.step, node: node.id, task: task.value });
  const { deadlineAt, schedule } = task.value;
  const { at } = turn.command;
  if (deadlineAt !== null) startTimer(turn, place.step, 'deadline', 1, Math.max(deadlineAt, at));
  for (const [n, moment] of (schedule?.reminders ?? []).entries()) startTimer(turn, place.step, 'reminder', n + 1, moment);
  if (schedule?.escalation) startTimer(turn, place.step, 'escalation', 1, Math.max(schedule.escalation.at, at));
}

/** [H3, H9, H10] */
export function claimHumanTask(turn: Turn, step: HumanTaskStep, command: Command & { type: 'ClaimHumanTask' }): Outcome {
  const { by } = command;
  if (holds(step, by)) return { ok: true };
  const refusal = partRefusal(step, [by, ...(command.aliases ?? [])], by) ?? seatRefusal(step);
  if (refusal) return refusal;
  emit(turn, { type: 'HumanTaskClaimed', step: step.key, by });
  changeTaskRow(turn, step);
  return { ok: true };
}

/** [H4] */
export function releaseHumanTask(turn: Turn, step: HumanTaskStep, by: string): Outcome {
  if (!holds(step, by)) return notHeldBy(step, 'Only');
  emit(turn, { type: 'HumanTaskReleased', step: step.key, by });
  changeTaskRow(turn, step);
  return { ok: true };
}

/** [H11] */
export function assignHumanTask(turn: Turn, step: HumanTaskStep, command: Command & { type: 'AssignHumanTask' }): Outcome {
  const { to, kind, note, by } = command;
  if (kind === 'delegated' && !holds(step, by)) return notHeldBy(step, 'Only');
  if (command.from !== null && !holds(step, command.from)) return notHeldBy(step, 'Not them:');
  if (holds(step, to)) return { ok: true };
  const refusal = partRefusal(step, [to, ...command.aliases], to);
  if (refusal) return refusal;
  // Of several seats a free one; with none free, that of who has had it longest.
  const seat = kind === 'delegated' ? by : (command.from ?? (freeSeats(step) > 0 ? null : (step.holders[0]?.by ?? null)));
  emit(turn, { type: 'HumanTaskAssigned', step: step.key, to, from: seat, kind, note, by });
  changeTaskRow(turn, step);
  return { ok: true };
}

/** [H5, H6, H8–H10] */
export function decideHumanTask(turn: Turn, step: HumanTaskStep, command: Command & { type: 'DecideHumanTask' }): Outcome {
  const { outcome, data, comment, by, at } = command;
  const refusal = partRefusal(step, [by, ...(command.aliases ?? [])], by) ?? (holds(step, by) ? null : seatRefusal(step));
  if (refusal) return refusal;
  if (!step.task.outcomes.some(({ port }) => port === outcome)) {
    const known = step.task.outcomes.map(({ port }) => `“${port}”`).join(', ');
    return refused('task.unknown-outcome', `This task has no outcome “${outcome}”. Its outcomes are ${known}.`);
  }
  const rule = ruleOf(step);
  if (rule.needed > 1 || rule.requiredGroups.length > 0) {
    const groups = rule.requiredGroups.filter((name) => command.groups?.includes(name.toLowerCase()));
    const missing = missingGroups(step, rule);
    if (outcome === rule.outcome && missing.length >= stillNeeded(step, rule) && !missing.some((name) => groups.includes(name))) {
      return refused(
        'task.excluded',
        `What is still needed must come from somebody in ${missing.map((name) => `“${name}”`).join(' and ')}.`,
      );
    }
    emit(turn, { type: 'HumanTaskVoted', step: step.key, outcome, data, comment, by, groups });
    changeTaskRow(turn, step);
    if (!isDecided(step, rule, outcome)) return { ok: true };
  }
  turn.effects.push({ type: 'CloseHumanTask', step: step.key, status: 'decided', outcome, by, data, comment, at });
  conclude(turn, step, { type: 'HumanTaskDecided', step: step.key, outcome, data, comment, by });
  return { ok: true };
}

/** What follows when its escalation's timer has fired. Who has it has not decided in time, and gives way. [H13] */
export function escalateHumanTask(turn: Turn, step: HumanTaskStep): void {
  const escalation = step.task.schedule?.escalation;
  if (!escalation) throw new Error(`The task ${step.key} has no escalation.`);
  emit(turn, { type: 'HumanTaskEscalated', step: step.key, to: escalation.to, priority: escalation.priority });
  changeTaskRow(turn, step);
}

/** Tasks opened before there were rules need one decision. */
function ruleOf({ task }: HumanTaskStep): HumanTaskRule {
  return task.rule ?? { needed: 1, outcome: approvingOutcome(task.outcomes), others: 'decide', requiredGroups: [], notBy: [] };
}

/** Votes that must still come for the outcome that has most of them, at least; at least one. [H8] */
function stillNeeded(step: HumanTaskStep, rule: HumanTaskRule): number {
  const outcomes = rule.others === 'count' ? step.task.outcomes.map(({ port }) => port) : [rule.outcome];
  const most = Math.max(...outcomes.map((outcome) => votesFor(step, outcome)));
  return Math.max(rule.needed - most, missingGroups(step, rule).length, 1);
}

function isDecided(step: HumanTaskStep, rule: HumanTaskRule, outcome: PortId): boolean {
  if (outcome !== rule.outcome) return rule.others === 'decide' || votesFor(step, outcome) >= rule.needed;
  return votesFor(step, outcome) >= rule.needed && missingGroups(step, rule).length === 0;
}

function missingGroups({ votes }: HumanTaskStep, rule: HumanTaskRule): string[] {
  return rule.requiredGroups.filter((name) => !votes.some((vote) => vote.outcome === rule.outcome && vote.groups.includes(name)));
}

function votesFor({ votes }: HumanTaskStep, outcome: PortId): number {
  return votes.filter((vote) => vote.outcome === outcome).length;
}

function freeSeats(step: HumanTaskStep): number {
  return Math.max(0, stillNeeded(step, ruleOf(step)) - step.holders.length);
}

function holds({ holders }: HumanTaskStep, person: string): boolean {
  return holders.some(({ by }) => by === person);
}

/** [H9] */
function seatRefusal(step: HumanTaskStep): Outcome | null {
  if (freeSeats(step) > 0) return null;
  const who = step.holders.map(({ by }) => by).join(' and ');
  return refused('task.already-claimed', `${who} ${step.holders.length > 1 ? 'have' : 'has'} claimed this task. Ask them to release it.`);
}

/** Whoever is excluded, or has voted, has no part in it. `names`: the person's, of which only the first may have upper case. [H8, H10] */
function partRefusal(step: HumanTaskStep, names: readonly string[], person: string): Outcome | null {
  const { notBy } = ruleOf(step);
  if (notBy.some((name) => names.some((one) => one.toLowerCase() === name))) {
    return refused('task.excluded', `${person} may not decide this task: the workflow says so.`);
  }
  return step.votes.some(({ by }) => by === person) ? refused('task.already-voted', `${person} has voted on this task already.`) : null;
}

function notHeldBy({ holders }: HumanTaskStep, before: string): Outcome {
  if (holders.length === 0) return refused('task.not-claimant', 'Nobody has claimed this task.');
  return refused('task.not-claimant', `${before} ${holders.map(({ by }) => by).join(' or ')}, who claimed this task, can do that.`);
}

/** Also what a reminder does, since people are told of what the commit says has changed; and a migration, for the task stands elsewhere. */
export function changeTaskRow(turn: Turn, step: HumanTaskStep): void {
  const { holders, node, task } = step;
  const votes = step.votes.map(({ data: _data, ...vote }) => vote);
  const { candidates, priority } = task;
  const change = { node, holders, votes, freeSeats: freeSeats(step), candidates, priority, escalatedAt: step.escalatedAt ?? null };
  turn.effects.push({ type: 'ChangeHumanTask', step: step.key, change });
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
  const candidates = yield* evaluateNames(turn, node.candidates, 'candidates', token);
  if (!candidates.ok) return candidates;
  const priority = yield* evaluateLoaded(turn, node.priority, 'priority', token);
  if (!priority.ok) return priority;
  const rank = priorityOf(priority.value);
  if (rank === undefined) return invalid('priority: must be a number from 0 to 100.');
  const due = yield* evaluateMoment(turn, node.due, 'due', token);
  if (!due.ok) return due;
  const deadline = yield* evaluateMoment(turn, node.deadline, 'deadline', token);
  if (!deadline.ok) return deadline;
  const rule = yield* taskRule(turn, token, node);
  if (!rule.ok) return rule;
  const schedule = yield* taskSchedule(turn, token, node, due.value);
  if (!schedule.ok) return schedule;
  const webhook = yield* evaluateOptional(turn, node.webhook, 'webhook', token);
  if (!webhook.ok) return webhook;
  const address = text(webhook.value);
  return {
    ok: true,
    value: {
      title: text(title.value) ?? node.title,
      description: text(description.value),
      context: context.value,
      candidates: candidates.value,
      priority: rank,
      formSchema: node.formSchema,
      outcomes: [...node.outcomes],
      dueAt: due.value,
      deadlineAt: deadline.value,
      rule: rule.value,
      ...(schedule.value !== null && { schedule: schedule.value }),
      ...(address !== null && { webhook: address }),
    },
  };
}

/** [H8, H10] */
function* taskRule(turn: Turn, token: Token, node: HumanTaskNode): Steps<Evaluated<HumanTaskRule>> {
  const quorum = yield* evaluateOptional(turn, node.quorum, 'quorum', token);
  if (!quorum.ok) return quorum;
  const needed = quorum.value ?? 1;
  if (typeof needed !== 'number' || !Number.isInteger(needed) || needed < 1 || needed > MOST_VOTES) {
    return invalid(`quorum: must be a whole number from 1 to ${MOST_VOTES}.`);
  }
  const requiredGroups = yield* evaluateNames(turn, node.requiredGroups, 'requiredGroups', token);
  if (!requiredGroups.ok) return requiredGroups;
  const notBy = yield* evaluateNames(turn, node.notBy, 'notBy', token);
  if (!notBy.ok) return notBy;
  const excluded = new Set(notBy.value.map((name) => name.toLowerCase()));
  if (node.requesterMayNotDecide) {
    const { requester, coRequesters = [] } = turn.state;
    // Better no task than one that its requester can decide.
    if (requester === undefined)
      return invalid('requesterMayNotDecide: it is not known who asked for this; it was started by an earlier version.');
    for (const name of [requester, ...coRequesters]) excluded.add(name.toLowerCase());
  }
  const outcome = approvingOutcome(node.outcomes);
  return {
    ok: true,
    value: { needed, outcome, others: node.others, requiredGroups: [...new Set(requiredGroups.value)], notBy: [...excluded] },
  };
}

/** [H12, H13] */
function* taskSchedule(turn: Turn, token: Token, node: HumanTaskNode, dueAt: number | null): Steps<Evaluated<HumanTaskSchedule | null>> {
  const { at } = turn.command;
  const offsets = yield* evaluateOptional(turn, node.reminders, 'reminders', token);
  if (!offsets.ok) return offsets;
  const reminders: number[] = [];
  for (const offset of offsets.value === null ? [] : Array.isArray(offsets.value) ? offsets.value : [offsets.value]) {
    const moment = offsetFrom(offset, dueAt ?? at);
    if (moment === undefined) return invalid('reminders: must be durations such as 2h, or -4h for before it is due.');
    // One whose moment is past says nothing new.
    if (moment > at) reminders.push(moment);
  }
  if (reminders.length > MOST_REMINDERS) return invalid(`reminders: must be ${MOST_REMINDERS} at most.`);
  const escalation = yield* taskEscalation(turn, token, node, dueAt ?? at);
  if (!escalation.ok) return escalation;
  if (reminders.length === 0 && escalation.value === null) return { ok: true, value: null };
  return { ok: true, value: { reminders: [...new Set(reminders)].sort((a, b) => a - b), escalation: escalation.value } };
}

function* taskEscalation(turn: Turn, token: Token, node: HumanTaskNode, from: number): Steps<Evaluated<HumanTaskEscalation | null>> {
  const after = yield* evaluateOptional(turn, node.escalateAfter, 'escalateAfter', token);
  if (!after.ok) return after;
  if (after.value === null || after.value === '') return { ok: true, value: null };
  const moment = durationOf(after.value, from);
  if (moment === undefined) return invalid('escalateAfter: must be a duration such as 4h.');
  const to = yield* evaluateNames(turn, node.escalateTo, 'escalateTo', token);
  if (!to.ok) return to;
  const priority = yield* evaluateOptional(turn, node.escalatePriority, 'escalatePriority', token);
  if (!priority.ok) return priority;
  const rank = priority.value === null ? null : priorityOf(priority.value);
  if (rank === undefined) return invalid('escalatePriority: must be a number from 0 to 100.');
  return { ok: true, value: { at: moment, to: to.value, priority: rank } };
}

function* evaluateNames(turn: Turn, value: CompiledValue | null, field: string, token: Token): Steps<Evaluated<string[]>> {
  const result = yield* evaluateOptional(turn, value, field, token);
  if (!result.ok) return result;
  const names = textList(result.value);
  return names ? { ok: true, value: names } : invalid(`${field}: must be a list of user ids, e-mail addresses or group names.`);
}

/** The primary one, else the first. */
function approvingOutcome(outcomes: HumanTaskNode['outcomes']): PortId {
  const outcome = outcomes.find(({ tone }) => tone === 'primary') ?? outcomes[0];
  if (!outcome) throw new Error('A human task has an outcome.');
  return outcome.port;
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

const MOST_VOTES = 100;
const MOST_REMINDERS = 20;
