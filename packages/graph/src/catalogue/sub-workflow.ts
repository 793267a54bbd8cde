import { z } from 'zod';
import { anyValue, field, textValue } from './field.ts';
import { defineNodeType, errorPort, outPort } from './node-type.ts';
import { summaryText } from './summary-text.ts';

export const subWorkflow = defineNodeType({
  key: 'subWorkflow',
  label: 'Sub-workflow',
  category: 'flow',
  icon: 'sitemap',
  description: 'Starts another workflow and waits for its result.',
  docs: {
    does: 'Starts an instance of another published workflow. It has its own history and page. When this step is cancelled, so is the instance it waits for.',
    output: 'The other instance’s output, or `{ instanceId }` when it is not waited for.',
    errors: [
      { code: 'the other instance’s', when: 'it fails' },
      { code: 'Terminated', when: 'it is terminated' },
      { code: 'Canceled', when: 'it is cancelled' },
      { code: 'Timeout', when: 'it takes longer than the step’s timeout; it is then cancelled' },
    ],
    example: {
      says: 'Ships the order with version 4.',
      config: { workflow: 'shipping', version: 4, input: { expr: '{ "order": input.id }' } },
    },
  },
  activity: true,
  endsTurn: true,
  schema: z.strictObject({
    workflow: field({ label: 'Workflow', widget: 'value', literal: 'text', help: 'Its key.' }, textValue),
    version: field(
      { label: 'Version', widget: 'number', absent: 'The latest published when it starts.' },
      z.int().min(1).nullable().optional(),
    ),
    input: field({ label: 'Input', widget: 'value', literal: 'json', absent: '{}' }, anyValue.optional()),
    wait: field({ label: 'Wait for its result', widget: 'switch', absent: 'Yes' }, z.boolean().optional()),
  }),
  defaultConfig: () => ({ workflow: '', input: {} }),
  ports: () => [outPort, errorPort],
  summary: ({ workflow, version }) =>
    `Sub-workflow, ${summaryText(workflow) || 'not chosen yet'}${typeof version === 'number' ? ` v${version}` : ''}`,
  passesAtOnce: ({ wait }) => wait === false,
  compile: ({ workflow, version, input, wait }, context) => ({
    kind: 'subWorkflow',
    workflow: context.value('workflow', workflow),
    version: version ?? null,
    input: context.value('input', input ?? {}),
    wait: wait ?? true,
    retry: context.retry,
    timeoutMs: context.timeoutMs,
  }),
});
