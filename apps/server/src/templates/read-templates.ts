/**
 * The templates of this folder: one JSON file for each, and one `<name>.entity.json` for each entity type they work with. Read once. A file that is
 * not what it should be is a bug and throws; that each of them runs is told by the tests.
 */
import { readdirSync, readFileSync } from 'node:fs';
import {
  fillTemplate,
  type Json,
  type TemplateParameter,
  templateCategories,
  templateValueProblems,
  type TemplateValues,
  type WorkflowDocument,
} from '@perdure/graph';
import { z } from 'zod';
import { readDocument } from '../workflows/read-document.ts';
import { workflowKey } from '../workflows/workflow-key.ts';

export type Template = z.output<typeof templateFile>;

/** By title. */
export function readTemplates(): readonly Template[] {
  templates ??= readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.json') && !file.endsWith('.entity.json'))
    .map((file) => templateFile.parse(readJson(file)))
    .sort((a, b) => a.title.localeCompare(b.title, 'en'));
  return templates;
}

export function findTemplate(key: string): Template | undefined {
  return readTemplates().find((template) => template.key === key);
}

export function readEntityTemplate(name: string): z.output<typeof entityFile> {
  return entityFile.parse(readJson(`${name}.entity.json`));
}

/** Values must have passed `templateValueProblems`. */
export function templateDocument({ document, parameters }: Template, values: TemplateValues): WorkflowDocument {
  return readDocument(fillTemplate(document, parameters, values));
}

let templates: readonly Template[] | undefined;

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

const anyJson = z.custom<Json>((value) => value !== undefined);
const sentence = z.string().regex(/^\p{Lu}.*\.$/u, 'A sentence begins with a capital and ends with a full stop.');

const parameter = z
  .strictObject({
    key: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,40}$/),
    label: z.string().regex(/^\p{Lu}/u),
    help: sentence,
    kind: z.enum(['text', 'number', 'duration', 'choice', 'people']),
    default: z.union([z.string(), z.number(), z.array(z.string())]),
    options: z.array(z.strictObject({ value: z.string(), label: z.string() })).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
  })
  .transform(({ options, min, max, ...more }): TemplateParameter => ({
    ...more,
    ...(options && { options }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  }))
  .refine((one) => templateValueProblems([one], {}).length === 0, 'The default is no value it can have.');

const templateFile = z.strictObject({
  key: workflowKey,
  title: z.string().regex(/^\p{Lu}/u),
  description: sentence,
  shows: sentence,
  category: z.enum(templateCategories.map(({ key }) => key)),
  patterns: z.array(z.string().regex(/^[a-z-]+(?: [a-z-]+)*$/)).min(1),
  /** Published with the first start of the embedded default. */
  seeded: z.boolean(),
  parameters: z.array(parameter),
  entityTypes: z.array(z.string()),
  /** Started as sub-workflows: keys of other templates. */
  workflows: z.array(workflowKey),
  document: anyJson,
});

const entityFile = z.strictObject({ name: z.string(), title: z.string(), description: sentence, document: anyJson });
