import { z } from 'zod';
import { isExpression } from '../document.ts';
import { parseDuration } from '../duration.ts';
import { entityKeyRule, entityNamePattern, entityNameRule, isEntityKey } from '../entity/entity-name.ts';
import type { Json } from '../json.ts';

/** Which control the inspector shows. `value` is a literal or an expression; the list widgets edit arrays of small objects. */
export type Widget =
  | 'text'
  | 'expression'
  | 'value'
  | 'duration'
  | 'json'
  | 'jsonSchema'
  | 'select'
  | 'switch'
  | 'number'
  | 'keyValues'
  | 'cases'
  | 'outcomes'
  | 'catches'
  | 'locks'
  /** Texts, with what exists offered. */
  | 'entityType'
  | 'entityOperation';

/** What the generated inspector and the node reference need to know about a config field. */
export interface FieldMeta {
  label: string;
  help?: string;
  widget: Widget;
  /** For `value`: what its literal is. */
  literal?: 'text' | 'number' | 'json' | 'duration' | 'moment' | 'list' | 'boolean';
  /** A `text` of several lines. */
  lines?: boolean;
  /** A `list` of texts alone. */
  ofTexts?: boolean;
  /** A `duration` that may be a moment, too. */
  orMoment?: boolean;
  options?: readonly { value: string; label: string }[];
  placeholder?: string;
  /** Fields of one group share a heading. */
  group?: string;
  /** The inspector's tab. Default `Settings`. */
  tab?: string;
  /** Share of the row. Default `full`. */
  width?: 'full' | 'half' | 'third';
  /** Shown only while another field has one of these values. */
  when?: { field: string; is: readonly Json[] };
  /** What holds when the field is absent. */
  absent?: string;
}

export interface Field extends FieldMeta {
  name: string;
  required: boolean;
  order: number;
}

const fieldMetas = z.registry<FieldMeta>();

/** Attaches its metadata to a config field's schema. */
export function field<Schema extends z.ZodType>(meta: FieldMeta, schema: Schema): Schema {
  fieldMetas.add(schema, meta);
  return schema;
}

/** The fields of a config schema in the order they were declared. */
export function fieldsOf(schema: z.ZodObject): Field[] {
  return Object.entries(schema.shape).map(([name, part], order) => {
    const fieldSchema = part as z.ZodType; // a shape holds schemas; zod types its values more loosely
    const meta = fieldMetas.get(fieldSchema);
    if (!meta) throw new Error(`Config field "${name}" has no metadata`);
    return { name, order, required: !fieldSchema.safeParse(undefined).success, ...meta };
  });
}

/** Any JSON value, or an expression. Whether it is JSON at all was checked when the document was parsed. */
export const anyValue = z.custom<Json>((value) => value !== undefined, { message: 'Enter a value or an expression.' });

export const textValue = z.custom<Json>((value) => isText(value) || isFilledExpression(value), {
  message: 'Enter a text or an expression.',
});

/** An entity's key: a text, a number, or an expression. */
export const entityKeyValue = z.custom<Json>((value) => isEntityKeyLiteral(value) || isFilledExpression(value), {
  message: `Enter a key or an expression. ${entityKeyRule}`,
});

/** One key or several. */
export const entityKeysValue = z.custom<Json>(
  (value) => isEntityKeyLiteral(value) || isFilledExpression(value) || (Array.isArray(value) && value.every(isEntityKeyLiteral)),
  { message: `Enter a key, a list of keys or an expression. ${entityKeyRule}` },
);

export const entityName = z.string().regex(entityNamePattern, entityNameRule);

export const durationOrMomentValue = z.custom<Json>((value) => isFilledExpression(value) || isDuration(value) || isMoment(value), {
  message: 'Enter a duration such as 2h or 1d, a moment such as 2030-01-31T12:00:00Z, or an expression.',
});

export const durationValue = z.custom<Json>((value) => isFilledExpression(value) || isDuration(value), {
  message: 'Enter a duration such as 30s, 5m, 2h or 1d, or an expression.',
});

export const momentValue = z.custom<Json>((value) => isFilledExpression(value) || isMoment(value), {
  message: 'Enter a moment with its time zone, such as 2030-01-31T12:00:00Z, or an expression.',
});

export const numberValue = (min: number, max: number) =>
  z.custom<Json>((value) => isFilledExpression(value) || (typeof value === 'number' && value >= min && value <= max), {
    message: `Enter a number from ${min} to ${max}, or an expression.`,
  });

export const duration = z.custom<string>((value) => typeof value === 'string' && isDuration(value), {
  message: 'Enter a duration such as 30s, 5m, 2h or 1d.',
});

/** JSONata source where the field is always an expression. */
export const expressionSource = z.string('Enter an expression.').trim().min(1, 'Enter an expression.');

/** Names a port of its node. */
export const portKey = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'Use a letter first, then letters, digits, "_" or "-", 64 at most.');

export const portLabel = z.string().max(80, 'Use 80 characters at most.');

export const valueRecord = z.record(z.string().min(1).max(200), anyValue);

/** A JSON Schema as given; whether it is well-formed is told by `checkJsonSchema`. */
export const jsonSchema = z.custom<Json>(
  (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value)),
  {
    message: 'Enter a JSON Schema: an object, or true.',
  },
);

function isEntityKeyLiteral(value: unknown): boolean {
  return typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' && isEntityKey(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function isFilledExpression(value: unknown): boolean {
  return isExpression(value) && value.expr.trim() !== '';
}

function isDuration(value: unknown): boolean {
  return typeof value === 'string' ? parseDuration(value) !== undefined : typeof value === 'number' && value >= 0 && Number.isFinite(value);
}

const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

function isMoment(value: unknown): boolean {
  if (typeof value === 'number') return value >= 0 && Number.isFinite(value);
  return typeof value === 'string' && momentPattern.test(value) && Number.isFinite(Date.parse(value));
}
