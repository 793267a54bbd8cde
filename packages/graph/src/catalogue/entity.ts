import { z } from 'zod';
import { parseDuration } from '../duration.ts';
import { anyValue, durationValue, entityKeyValue, entityName, field } from './field.ts';
import { defineNodeType, errorPort, outPort } from './node-type.ts';
import { durationSummary, summaryText } from './summary-text.ts';

export const entity = defineNodeType({
  key: 'entity',
  label: 'Entity operation',
  category: 'flow',
  icon: 'database-cog',
  description: 'Changes or reads a durable entity.',
  docs: {
    does: 'Runs an operation of an entity, which is found by its type and key and begins to exist when it is first changed. An entity runs one operation at a time, in the order they arrive; one that fails changes nothing. A call waits for the result, a signal goes on at once and may be delayed. Calls to an entity that a critical section holds wait until it is free, unless they come from inside that section.',
    output: 'The operation’s result; of a signal, nothing.',
    errors: [
      { code: 'UnknownOperation', when: 'the entity type has no such operation (calls)' },
      { code: 'UnknownEntityType', when: 'there is no such entity type, or it is archived (calls)' },
      { code: 'InvalidInput', when: 'a built-in operation cannot use the input (calls)' },
      { code: 'EntityStateTooLarge', when: 'the new state would have more than 64 KB (calls)' },
      {
        code: 'the operation’s',
        when: 'its expression fails; `$error("Insufficient: too little")` fails with the code `Insufficient` (calls)',
      },
      { code: 'CriticalSection', when: 'a rule of the critical section it is in forbids it' },
      { code: 'Expression', when: 'key, input or delay cannot be evaluated' },
    ],
    example: {
      says: 'Takes money from an account.',
      config: { entity: 'account', key: { expr: 'input.from' }, operation: 'withdraw', input: { expr: 'input.amount' }, mode: 'call' },
    },
  },
  endsTurn: true,
  schema: z.strictObject({
    entity: field({ label: 'Entity type', widget: 'entityType', placeholder: 'account', width: 'half' }, entityName),
    key: field({ label: 'Key', widget: 'value', literal: 'text', width: 'half', help: 'Which of them.' }, entityKeyValue),
    operation: field(
      { label: 'Operation', widget: 'entityOperation', placeholder: 'deposit' },
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'Enter the name of an operation.'),
    ),
    input: field({ label: 'Input', widget: 'value', literal: 'json', absent: 'null' }, anyValue.optional()),
    mode: field(
      {
        label: 'How',
        widget: 'select',
        options: [
          { value: 'call', label: 'Call and wait for the result' },
          { value: 'signal', label: 'Signal and go on' },
        ],
      },
      z.enum(['call', 'signal']),
    ),
    delay: field(
      {
        label: 'Deliver after',
        widget: 'value',
        literal: 'duration',
        when: { field: 'mode', is: ['signal'] },
        absent: 'At once',
      },
      durationValue.optional(),
    ),
  }),
  defaultConfig: () => ({ entity: '', key: '', operation: '', mode: 'call' as const }),
  ports: () => [outPort, errorPort],
  summary: ({ entity: name, key, operation, mode, delay }) => {
    if (typeof name !== 'string' || name === '') return 'No entity chosen yet';
    const what =
      `${mode === 'signal' ? 'Signals ' : ''}${name}@${summaryText(key) || '…'} ${typeof operation === 'string' ? operation : ''}`.trim();
    return mode === 'signal' && delay !== undefined ? `${what} after ${durationSummary(delay)}` : what;
  },
  check: ({ mode, delay }) =>
    mode === 'call' && delay !== undefined ? [{ field: 'delay', message: 'Only a signal can be delayed. Remove the delay.' }] : [],
  passesAtOnce: ({ mode }) => mode === 'signal',
  compile: ({ entity: name, key, operation, input, mode, delay }, context) => ({
    kind: 'entityOperation',
    entity: name,
    key: context.value('key', key),
    operation,
    input: context.value('input', input ?? null),
    mode,
    delay:
      delay === undefined
        ? null
        : typeof delay === 'string'
          ? { kind: 'literal', value: parseDuration(delay) ?? delay }
          : context.value('delay', delay),
  }),
});
