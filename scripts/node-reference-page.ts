import { type FieldMeta, type NodeTypeDescription, categoryLabels, describeCatalogue } from '../packages/graph/src/index.ts';

/** `docs/nodes.md`, from the node catalogue. */
export function nodeReferencePage(): string {
  const types = describeCatalogue();
  const categories = [...new Set(types.map(({ category }) => category))];
  const parts = [
    '# Nodes',
    'Generated from the node catalogue in `packages/graph/src/catalogue`: change it there and run `npm run generate`.',
    'A field marked *value* takes a literal, or an expression as `{ "expr": "…" }` in JSONata; an object literal may hold expressions inside. Durations are written `250ms`, `30s`, `5m`, `2h`, `1d`, `1w`, as sums (`1h 30m`), or in ISO 8601 (`PT30S`). Tokens leave by a normal port when the node is done, by an exceptional one when something went wrong; an exceptional port that is not connected passes the failure on to the scope around it, or fails the instance.',
    ...categories.flatMap((category) => [
      `## ${categoryLabels[category]}`,
      ...types.filter((type) => type.category === category).map(section),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(type: NodeTypeDescription): string {
  const facts = [
    `**Output.** ${type.docs.output}`,
    type.ports.length > 0 &&
      `**Ports.** ${type.ports.map(({ id, label, kind }) => `\`${id}\` (${[label !== id && label, kind !== 'normal' && kind].filter(Boolean).join(', ') || 'normal'})`).join(', ')}.`,
    type.isActivity && `**Retry and timeout.** Takes a retry policy and a timeout. ${defaults(type)}`,
    type.isContainer && '**Container.** Owns the nodes inside it; its `body` port leads to the first of them.',
    type.docs.errors.length > 0 &&
      `**Errors.** ${type.docs.errors.map(({ code, when }) => `${/^[A-Z]\w*(\.<\w+>)?$/.test(code) ? `\`${code}\`` : code}: ${when}`).join('; ')}.`,
  ].filter((fact) => fact !== false);
  return [
    `### ${type.label} (\`${type.key}\`)`,
    type.docs.does,
    ...(type.fields.length > 0 ? [fieldTable(type)] : []),
    facts.map((fact) => `- ${fact}`).join('\n'),
    `Example. ${type.docs.example.says}`,
    `\`\`\`json\n${JSON.stringify(type.docs.example.config, null, 2)}\n\`\`\``,
  ].join('\n\n');
}

function defaults({ retry, timeout }: NodeTypeDescription): string {
  const own = retry
    ? `A new node gets ${retry.maxNumberOfAttempts} attempts, first wait ${retry.firstRetryInterval}; without a policy it is tried once.`
    : 'Without a policy it is tried once.';
  return `${own} ${timeout ? `Without a timeout of its own an attempt may take ${timeout}.` : 'Without a timeout it may take any time.'}`;
}

function fieldTable({ fields }: NodeTypeDescription): string {
  const rows = fields.map(
    (field) =>
      `| \`${field.name}\` | ${kindOf(field)} | ${field.required ? 'yes' : (field.absent ?? 'no')} | ${[field.label, field.help].filter(Boolean).join('. ')} |`,
  );
  return ['| Field | Takes | Required, or what holds without it | |', '|---|---|---|---|', ...rows].join('\n');
}

function kindOf({ widget, literal, options }: FieldMeta): string {
  if (options) return options.map(({ value }) => `\`${value}\``).join(', ');
  if (widget === 'value') return `value${literal ? ` (${literal})` : ''}`;
  const kinds: Partial<Record<typeof widget, string>> = {
    jsonSchema: 'JSON Schema',
    keyValues: 'names and values',
    expression: 'JSONata',
    switch: 'true or false',
    text: 'text',
    number: 'number',
  };
  return kinds[widget] ?? widget;
}
