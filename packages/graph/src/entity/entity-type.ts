import { z } from 'zod';
import { expressionSource } from '../catalogue/field.ts';
import { parseDuration } from '../duration.ts';
import type { Json } from '../json.ts';
import { entityNamePattern } from './entity-name.ts';
import { plainWords } from '../plain-words.ts';
import type { Problem } from '../problem.ts';

/**
 * What people design when they design an entity: a built-in kind, or named operations of their own. What a draft stores and saving freezes
 * as a version. Meaning is given by `compileEntityType`.
 */
export type EntityTypeDocument =
  | { formatVersion: 1; kind: 'counter' | 'value' | 'list' | 'map' }
  /** `window`: how far back it looks, as a duration. */
  | { formatVersion: 1; kind: 'aggregator'; window: string }
  | { formatVersion: 1; kind: 'custom'; initialState: Json; operations: EntityOperationDocument[] };

export type EntityKind = EntityTypeDocument['kind'];

/** JSONata sources over `state`, `input`, `entity` and `before`. */
export interface EntityOperationDocument {
  name: string;
  description?: string | undefined;
  /** The new state. Without it the operation only reads. */
  state?: string | undefined;
  /** What a caller gets, over the new state. Without it: null. */
  result?: string | undefined;
  /** A list of `{ entity, key, operation, input, delay? }`, over the new state. */
  signals?: string | undefined;
}

const operationName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'Use a letter first, then letters, digits, "_" or "-", 64 at most.');

const source = expressionSource.max(20_000, 'Use 20,000 characters at most.');

const longestWindowMs = 366 * 86_400_000;

const windowText = z.string().refine((text) => {
  const ms = parseDuration(text);
  return ms !== undefined && ms >= 1000 && ms <= longestWindowMs;
}, 'Enter a duration from 1s to 366d.');

const formatVersion = z.literal(1);

const documentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ formatVersion, kind: z.enum(['counter', 'value', 'list', 'map']) }),
  z.strictObject({ formatVersion, kind: z.literal('aggregator'), window: windowText }),
  z.strictObject({
    formatVersion,
    kind: z.literal('custom'),
    initialState: z.custom<Json>((value) => value !== undefined, 'Enter the state an entity has at first, as JSON.'),
    operations: z
      .array(
        z.strictObject({
          name: operationName,
          description: z.string().max(500, 'Use 500 characters at most.').optional(),
          state: source.optional(),
          result: source.optional(),
          signals: source.optional(),
        }),
      )
      .min(1, 'Add an operation.')
      .max(100, 'An entity type has 100 operations at most.'),
  }),
]);

export type ParsedEntityType = { ok: true; document: EntityTypeDocument } | { ok: false; problems: Problem[] };

/** JSON from outside → document. Fields by their path: `operations.0.name`. */
export function parseEntityType(value: Json): ParsedEntityType {
  const parsed = documentSchema.safeParse(value, { error: plainWords });
  if (parsed.success) return { ok: true, document: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.map((issue): Problem => {
      const field = issue.path.join('.');
      const unknown = issue.code === 'unrecognized_keys';
      return {
        code: 'entity.invalid',
        severity: 'error',
        title: unknown ? 'Unknown field' : 'Entity type does not fit',
        detail: unknown ? `There is no field ${issue.keys.map((key) => `"${key}"`).join(', ')} here. Remove it.` : issue.message,
        ...(field !== '' && { field }),
      };
    }),
  };
}

/** What an entity type with this name could be saved as; names are compared without case. Undefined when the name cannot be used. */
export function entityTypeName(text: string): string | undefined {
  const name = text.trim().toLowerCase();
  return entityNamePattern.test(name) ? name : undefined;
}
