import { readTemplates, type Template } from '../apps/server/src/templates/read-templates.ts';
import { type TemplateParameter, templateCategories } from '../packages/graph/src/index.ts';

/** `docs/templates.md`, from the template files. */
export function templatesPage(): string {
  const templates = readTemplates();
  const parts = [
    '# Templates',
    'Generated from the files in `apps/server/src/templates`: change them there and run `npm run generate`.',
    'New workflow… offers these. Each becomes a draft of your own: nothing is published or started, and what it needs (entity types, sub-workflows) is created where it is missing. As they stand they call the demo services of the embedded default, so each of them runs at once; put your own addresses into their HTTP steps to make them yours.',
    ...templateCategories.flatMap(({ key, label }) => [
      `## ${label}`,
      ...templates.filter(({ category }) => category === key).map(section),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section({ title, description, shows, patterns, parameters, entityTypes, workflows, seeded, key }: Template): string {
  const facts = [
    `**Patterns.** ${patterns.join(', ')}.`,
    entityTypes.length > 0 && `**Entity types.** ${entityTypes.map((name) => `\`${name}\``).join(', ')}.`,
    workflows.length > 0 && `**Sub-workflows.** ${workflows.map((name) => `\`${name}\``).join(', ')}.`,
    seeded && `The embedded default has it as the sample \`${key}\`.`,
    parameters.length > 0 && `| Parameter | Default | |\n| --- | --- | --- |\n${parameters.map(row).join('\n')}`,
  ].filter(Boolean);
  return [`### ${title}`, description, shows, ...facts].join('\n\n');
}

function row({ label, default: otherwise, help }: TemplateParameter): string {
  const shown = Array.isArray(otherwise) ? otherwise.join(', ') : String(otherwise);
  return `| ${[label, shown, help].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
