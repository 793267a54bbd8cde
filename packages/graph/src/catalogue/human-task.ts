import { z } from 'zod';
import { isExpression } from '../document.ts';
import { parseDuration } from '../duration.ts';
import { portId } from '../ids.ts';
import type { Json } from '../json.ts';
import { anyValue, durationOrMomentValue, durationValue, field, jsonSchema, numberValue, portKey, portLabel, textValue } from './field.ts';
import { defineNodeType, duplicateKeys, keyedPorts } from './node-type.ts';
import { durationSummary, summaryText } from './summary-text.ts';

const overdue = portId('overdue');
const maybe = <Value>(value: Json | undefined, compile: (value: Json) => Value): Value | null =>
  value === undefined ? null : compile(value);

export const humanTask = defineNodeType({
  key: 'humanTask',
  label: 'Human task',
  category: 'people',
  icon: 'user-check',
  description: 'Waits for a person’s decision in the inbox.',
  docs: {
    does: 'Puts a task into the inbox and waits. Each outcome is a port. After its due time a task is shown as late but can still be decided: reminders and an escalation bring it to people’s notice, the optional deadline closes it through Overdue. With several approvals needed everybody has one vote, and a vote for another outcome decides at once unless told otherwise.',
    output:
      '`{ outcome, data, by, comment, votes }`: the outcome’s key, what was entered into the form, who decided, and their comment; `votes` has `{ by, outcome, data, comment, at }` of everybody who took part, in order.',
    errors: [
      { code: 'Overdue', when: 'the deadline passes and the Overdue port is not connected' },
      { code: 'Expression', when: 'a field cannot be evaluated' },
      { code: 'InvalidValue', when: 'a field evaluates to something it cannot be' },
    ],
    example: {
      says: 'Finance approves within two days.',
      config: {
        title: { expr: '"Approve order " & input.id' },
        candidates: ['finance'],
        due: '2d',
        deadline: '5d',
        outcomes: [
          { key: 'approved', label: 'Approved', tone: 'primary' },
          { key: 'rejected', label: 'Rejected', tone: 'danger' },
        ],
      },
    },
  },
  endsTurn: true,
  schema: z.strictObject({
    title: field({ label: 'Title', widget: 'value', literal: 'text', group: 'Task' }, textValue),
    description: field(
      { label: 'Description', widget: 'value', literal: 'text', lines: true, group: 'Task', help: 'Markdown.' },
      anyValue.optional(),
    ),
    context: field(
      { label: 'Shown data', widget: 'value', literal: 'json', group: 'Task', help: 'Read-only, above the form.' },
      anyValue.optional(),
    ),
    candidates: field(
      {
        label: 'Candidates',
        widget: 'value',
        literal: 'list',
        ofTexts: true,
        group: 'People',
        help: 'E-mail addresses, user ids or group names.',
        absent: 'Everybody who may decide tasks.',
      },
      anyValue.optional(),
    ),
    priority: field(
      { label: 'Priority', widget: 'value', literal: 'number', group: 'People', help: '0 to 100, higher is more urgent.', absent: '50' },
      numberValue(0, 100).optional(),
    ),
    notBy: field(
      {
        label: 'May not decide',
        widget: 'value',
        literal: 'list',
        ofTexts: true,
        group: 'People',
        help: 'E-mail addresses or user ids of those who have no part in it.',
        absent: 'Nobody is excluded.',
      },
      anyValue.optional(),
    ),
    requesterMayNotDecide: field(
      { label: 'The requester may not decide', widget: 'switch', group: 'People', help: 'Whoever started the instance.', absent: 'Off.' },
      z.boolean().optional(),
    ),
    formSchema: field(
      { label: 'Form', widget: 'jsonSchema', group: 'Decision', help: 'JSON Schema of the data to enter.', absent: 'Outcomes only.' },
      jsonSchema.optional(),
    ),
    outcomes: field(
      { label: 'Outcomes', widget: 'outcomes', group: 'Decision' },
      z
        .array(z.strictObject({ key: portKey, label: portLabel.min(1, 'Enter a label.'), tone: z.enum(['primary', 'neutral', 'danger']) }))
        .min(1, 'Add an outcome.')
        .max(12),
    ),
    quorum: field(
      {
        label: 'Approvals needed',
        widget: 'value',
        literal: 'number',
        group: 'Votes',
        help: 'For the primary outcome. Everybody has one vote.',
        absent: 'One decision.',
      },
      numberValue(1, 100).optional(),
    ),
    othersNeedAsMany: field(
      {
        label: 'Other outcomes need as many votes',
        widget: 'switch',
        group: 'Votes',
        absent: 'Off: the first vote for another outcome decides.',
      },
      z.boolean().optional(),
    ),
    requiredGroups: field(
      {
        label: 'Required groups',
        widget: 'value',
        literal: 'list',
        ofTexts: true,
        group: 'Votes',
        help: 'Each must have somebody who votes for the primary outcome.',
        absent: 'None.',
      },
      anyValue.optional(),
    ),
    due: field(
      {
        label: 'Due',
        widget: 'value',
        literal: 'duration',
        orMoment: true,
        group: 'Time',
        help: 'A duration or a moment. Later than this it is shown as late.',
      },
      durationOrMomentValue.optional(),
    ),
    deadline: field(
      {
        label: 'Deadline',
        widget: 'value',
        literal: 'duration',
        orMoment: true,
        group: 'Time',
        help: 'A duration or a moment. Then the task closes through Overdue.',
      },
      durationOrMomentValue.optional(),
    ),
    reminders: field(
      {
        label: 'Reminders',
        widget: 'value',
        literal: 'list',
        ofTexts: true,
        group: 'Time',
        help: 'Durations: 2h is two hours after it is due, -4h four hours before. Without a due time they count from the opening.',
        absent: 'None.',
      },
      anyValue.optional(),
    ),
    escalateAfter: field(
      {
        label: 'Escalate after',
        widget: 'value',
        literal: 'duration',
        group: 'Escalation',
        help: 'A duration after it is due; without a due time, after it opened. Whoever has the task then gives way.',
        absent: 'Never.',
      },
      durationValue.optional(),
    ),
    escalateTo: field(
      {
        label: 'Escalate to',
        widget: 'value',
        literal: 'list',
        ofTexts: true,
        group: 'Escalation',
        help: 'Added to the candidates: e-mail addresses, user ids or group names.',
      },
      anyValue.optional(),
    ),
    escalatePriority: field(
      { label: 'New priority', widget: 'value', literal: 'number', group: 'Escalation', help: '0 to 100.', absent: 'As before.' },
      numberValue(0, 100).optional(),
    ),
    webhook: field(
      {
        label: 'Webhook',
        widget: 'value',
        literal: 'text',
        group: 'Notices',
        help: 'An address that is told when the task opens, is given to somebody, is late or is closed.',
        absent: 'People are told by e-mail, as each of them chose.',
      },
      textValue.optional(),
    ),
  }),
  defaultConfig: () => ({
    title: '',
    outcomes: [
      { key: 'approved', label: 'Approved', tone: 'primary' as const },
      { key: 'rejected', label: 'Rejected', tone: 'danger' as const },
    ],
  }),
  ports: ({ outcomes, deadline }) => [
    ...keyedPorts(outcomes, 'normal').filter((port) => port.id !== overdue),
    ...(deadline === undefined ? [] : [{ id: overdue, label: 'Overdue', kind: 'exceptional' as const }]),
  ],
  summary: ({ candidates, due }) => {
    const who = Array.isArray(candidates) ? candidates.map((one) => summaryText(one)).join(', ') : summaryText(candidates);
    const isSpan = typeof due === 'number' || (typeof due === 'string' && parseDuration(due) !== undefined);
    const when = due === undefined ? '' : `due ${isSpan ? 'in ' : ''}${durationSummary(due)}`;
    return [capital(who) || 'Everybody', when].filter(Boolean).join(', ');
  },
  check: ({ outcomes, candidates, notBy, requiredGroups, escalateTo, escalateAfter, reminders, quorum }) => [
    ...duplicateKeys('outcomes', outcomes, [overdue]),
    ...names('candidates', candidates),
    ...names('notBy', notBy),
    ...names('requiredGroups', requiredGroups),
    ...names('escalateTo', escalateTo),
    ...(reminders === undefined || isExpression(reminders) || (Array.isArray(reminders) ? reminders : [reminders]).every(isOffset)
      ? []
      : [{ field: 'reminders', message: 'Enter durations such as 2h, or -4h for before it is due, or an expression that gives them.' }]),
    ...(escalateTo !== undefined && escalateAfter === undefined
      ? [{ field: 'escalateAfter', message: 'Enter after how long it is escalated.' }]
      : []),
    ...(typeof quorum === 'number' && !Number.isInteger(quorum) ? [{ field: 'quorum', message: 'Enter a whole number.' }] : []),
  ],
  compile: (config, context) => ({
    kind: 'humanTask',
    taskTitle: context.value('title', config.title),
    description: maybe(config.description, (value) => context.value('description', value)),
    context: maybe(config.context, (value) => context.value('context', value)),
    candidates: maybe(config.candidates, (value) => context.value('candidates', value)),
    priority: context.value('priority', config.priority ?? 50),
    formSchema: config.formSchema ?? null,
    outcomes: config.outcomes.map(({ key, label, tone }) => ({ port: portId(key), label, tone })),
    due: maybe(config.due, (value) => context.value('due', value)),
    deadline: maybe(config.deadline, (value) => context.value('deadline', value)),
    quorum: maybe(config.quorum, (value) => context.value('quorum', value)),
    others: config.othersNeedAsMany === true ? 'count' : 'decide',
    requiredGroups: maybe(config.requiredGroups, (value) => context.value('requiredGroups', value)),
    notBy: maybe(config.notBy, (value) => context.value('notBy', value)),
    requesterMayNotDecide: config.requesterMayNotDecide ?? false,
    reminders: maybe(config.reminders, (value) => context.value('reminders', value)),
    escalateAfter: maybe(config.escalateAfter, (value) => context.value('escalateAfter', value)),
    escalateTo: maybe(config.escalateTo, (value) => context.value('escalateTo', value)),
    escalatePriority: maybe(config.escalatePriority, (value) => context.value('escalatePriority', value)),
    webhook: maybe(config.webhook, (value) => context.value('webhook', value)),
  }),
});

function names(field: string, value: Json | undefined): { field: string; message: string }[] {
  const isNames =
    value === undefined ||
    typeof value === 'string' ||
    isExpression(value) ||
    (Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== ''));
  return isNames ? [] : [{ field, message: 'Enter a list of e-mail addresses, user ids or group names, or an expression that gives one.' }];
}

function isOffset(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && parseDuration(value.trim().replace(/^-/, '')) !== undefined;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
