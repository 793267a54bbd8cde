import { z } from 'zod';
import { isExpression } from '../document.ts';
import { parseDuration } from '../duration.ts';
import { portId } from '../ids.ts';
import type { Json } from '../json.ts';
import { anyValue, durationOrMomentValue, field, jsonSchema, numberValue, portKey, portLabel, textValue } from './field.ts';
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
    does: 'Puts a task into the inbox and waits. Each outcome is a port. After its due time a task is shown as late but can still be decided; the optional deadline closes it through Overdue.',
    output: '`{ outcome, data, by, comment }`: the outcome’s key, what was entered into the form, who decided, and their comment.',
    errors: [
      { code: 'Overdue', when: 'the deadline passes and the Overdue port is not connected' },
      { code: 'Expression', when: 'a field cannot be evaluated' },
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
    description: field({ label: 'Description', widget: 'value', literal: 'text', group: 'Task', help: 'Markdown.' }, anyValue.optional()),
    context: field(
      { label: 'Shown data', widget: 'value', literal: 'json', group: 'Task', help: 'Read-only, above the form.' },
      anyValue.optional(),
    ),
    candidates: field(
      {
        label: 'Candidates',
        widget: 'value',
        literal: 'list',
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
  check: ({ outcomes, candidates }) => [
    ...duplicateKeys('outcomes', outcomes, [overdue]),
    ...(candidates === undefined ||
    typeof candidates === 'string' ||
    isExpression(candidates) ||
    (Array.isArray(candidates) && candidates.every((one) => typeof one === 'string' && one !== ''))
      ? []
      : [{ field: 'candidates', message: 'Enter a list of e-mail addresses, user ids or group names, or an expression that gives one.' }]),
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
  }),
});

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
