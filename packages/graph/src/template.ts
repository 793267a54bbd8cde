import { standardCatalogue } from './catalogue/catalogue.ts';
import type { Widget } from './catalogue/field.ts';
import { isExpression } from './document.ts';
import { parseDuration } from './duration.ts';
import type { Json, JsonObject } from './json.ts';

/*
 * A template is a workflow document with placeholders, `{{city}}`, that parameters fill. Filling is pure, and one pass: what a value holds is never
 * looked at again. [G1]
 * Where the placeholder is a whole text, the value takes its place with its type; within a text it is written out. Within the source of an
 * expression it becomes a JSON literal, so that a value is never read as source. [G2]
 */

/** The headings a gallery shows templates under, in its order. */
export const templateCategories = [
  { key: 'chaining', label: 'One after another' },
  { key: 'parallel', label: 'At the same time' },
  { key: 'people', label: 'People' },
  { key: 'time', label: 'Waiting' },
  { key: 'state', label: 'State and locks' },
  { key: 'failures', label: 'When things fail' },
] as const;

export type TemplateCategory = (typeof templateCategories)[number]['key'];

export type TemplateParameterKind = 'text' | 'number' | 'duration' | 'choice' | 'people';

/** Of `people`: e-mail addresses, user ids or groups. */
export type TemplateValue = string | number | string[];

export interface TemplateParameter {
  key: string;
  label: string;
  help: string;
  kind: TemplateParameterKind;
  default: TemplateValue;
  /** Of a choice. */
  options?: { value: string; label: string }[];
  /** Of a number. */
  min?: number;
  max?: number;
}

export type TemplateValues = Readonly<Record<string, TemplateValue>>;

/** Parameters without a value have their default. Values are expected to have passed `templateValueProblems`. */
export function fillTemplate(document: Json, parameters: readonly TemplateParameter[], values: TemplateValues): Json {
  const byKey = new Map(parameters.map(({ key, default: otherwise }) => [key, Object.hasOwn(values, key) ? values[key]! : otherwise]));
  return fillValue(document, byKey);
}

/** What keeps values from being used, one sentence per parameter. */
export function templateValueProblems(
  parameters: readonly TemplateParameter[],
  values: Readonly<Record<string, Json>>,
): { key: string; message: string }[] {
  const known = new Set(parameters.map(({ key }) => key));
  return [
    ...Object.keys(values)
      .filter((key) => !known.has(key))
      .map((key) => ({ key, message: 'The template has no such parameter.' })),
    ...parameters.flatMap((parameter) => {
      const value = Object.hasOwn(values, parameter.key) ? values[parameter.key] : parameter.default;
      const message = valueProblem(parameter, value);
      return message === null ? [] : [{ key: parameter.key, message }];
    }),
  ];
}

/** The placeholders of a template, each once. */
export function placeholdersOf(document: Json): string[] {
  return [...new Set([...JSON.stringify(document).matchAll(placeholder)].map(([, key = '']) => key))];
}

const placeholder = /\{\{([A-Za-z][A-Za-z0-9]{0,40})\}\}/g;
const wholePlaceholder = /^\{\{([A-Za-z][A-Za-z0-9]{0,40})\}\}$/;
const longestText = 500;
const mostPeople = 50;

function valueProblem({ kind, options = [], min, max }: TemplateParameter, value: Json | undefined): string | null {
  switch (kind) {
    case 'text':
      if (typeof value !== 'string' || value.trim() === '') return 'Enter a text.';
      return value.length > longestText ? `Use ${longestText} characters at most.` : null;
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'Enter a number.';
      if (min !== undefined && value < min) return `Enter ${min} or more.`;
      return max !== undefined && value > max ? `Enter ${max} or less.` : null;
    case 'duration':
      return typeof value === 'string' && parseDuration(value) !== undefined ? null : 'Enter a duration such as 30s, 5m, 2h or 1d.';
    case 'choice':
      return options.some((option) => option.value === value) ? null : 'Choose one of the options.';
    case 'people': {
      const isList =
        Array.isArray(value) && value.every((one) => typeof one === 'string' && one.trim() !== '' && one.length <= longestText);
      if (!isList || value.length === 0) return 'Enter at least one person or group.';
      return value.length > mostPeople ? `Enter ${mostPeople} at most.` : null;
    }
  }
}

interface SourceFields {
  sources: ReadonlySet<string>;
  /** Lists of `{ key, label, when }`, whose `when` is a source. */
  cases: ReadonlySet<string>;
}

type Filling = ReadonlyMap<string, TemplateValue>;

function fillValue(value: Json, filling: Filling): Json {
  if (typeof value === 'string') return fillText(value, filling);
  if (Array.isArray(value)) return value.map((part) => fillValue(part, filling));
  if (typeof value !== 'object' || value === null) return value;
  if (isExpression(value)) return { expr: fillSource(value.expr, filling) };
  const sources = sourceFields(value);
  return mapFields(value, (part, name) => (name === 'config' && sources ? fillConfig(part, sources, filling) : fillValue(part, filling)));
}

/** Of a node: which fields of its config are sources without being marked `{ expr }`. */
function sourceFields({ type, config }: JsonObject): SourceFields | null {
  const known = typeof type === 'string' && config !== undefined ? standardCatalogue.get(type) : undefined;
  if (!known) return null;
  const named = (wanted: Widget) => new Set(known.fields.filter(({ widget }) => widget === wanted).map(({ name }) => name));
  return { sources: named('expression'), cases: named('cases') };
}

function fillConfig(config: Json, { sources, cases }: SourceFields, filling: Filling): Json {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return fillValue(config, filling);
  return mapFields(config, (part, name) => {
    if (sources.has(name) && typeof part === 'string') return fillSource(part, filling);
    if (cases.has(name) && Array.isArray(part)) return part.map((one) => fillCase(one, filling));
    return fillValue(part, filling);
  });
}

function fillCase(one: Json, filling: Filling): Json {
  if (typeof one !== 'object' || one === null || Array.isArray(one)) return fillValue(one, filling);
  return mapFields(one, (part, name) =>
    name === 'when' && typeof part === 'string' ? fillSource(part, filling) : fillValue(part, filling),
  );
}

function mapFields(value: JsonObject, fill: (part: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fill(part, name)]));
}

function fillText(text: string, filling: Filling): Json {
  const [, whole] = wholePlaceholder.exec(text) ?? [];
  if (whole !== undefined) return filling.get(whole) ?? text;
  return text.replaceAll(placeholder, (found, key: string) => {
    const value = filling.get(key);
    return value === undefined ? found : Array.isArray(value) ? value.join(', ') : String(value);
  });
}

/** JSON is valid JSONata. */
function fillSource(source: string, filling: Filling): string {
  return source.replaceAll(placeholder, (found, key: string) => {
    const value = filling.get(key);
    return value === undefined ? found : JSON.stringify(value);
  });
}
