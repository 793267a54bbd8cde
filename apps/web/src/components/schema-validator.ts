import { format as formats, Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import { linearPatternPrefix, linearSchema } from '@perdure/expressions/linear-schema';
import type { Json } from '@perdure/graph';
import {
  createErrorHandler,
  getDefaultFormState,
  ROOT_SCHEMA_PREFIX,
  ID_KEY,
  toErrorSchema,
  unwrapErrorHandler,
  validationDataMerge,
  withIdRefPrefix,
  type CustomValidator,
  type ErrorTransformer,
  type RJSFSchema,
  type RJSFValidationError,
  type UiSchema,
  type ValidationData,
  type ValidatorType,
} from '@rjsf/utils';

/**
 * rjsf's validator on an interpreting JSON Schema implementation: the page's policy forbids `eval`, which the usual one compiles with.
 * The server checks the same schema with the same library, so a form that passes here passes there.
 */
export const schemaValidator: ValidatorType<unknown> = {
  validateFormData(
    formData: unknown,
    schema: RJSFSchema,
    customValidate?: CustomValidator<unknown>,
    transformErrors?: ErrorTransformer<unknown>,
    uiSchema?: UiSchema<unknown>,
  ): ValidationData<unknown> {
    let errors = findErrors(schema, formData);
    if (transformErrors) errors = transformErrors(errors, uiSchema);
    const found: ValidationData<unknown> = { errors, errorSchema: toErrorSchema<unknown>(errors) };
    if (!customValidate) return found;
    const defaults: unknown = getDefaultFormState(schemaValidator, schema, formData, schema, true);
    return validationDataMerge(
      found,
      unwrapErrorHandler(customValidate(defaults, createErrorHandler(defaults), uiSchema, found.errorSchema)),
    );
  },

  isValid(schema: RJSFSchema, formData: unknown, rootSchema: RJSFSchema): boolean {
    try {
      return check(withIdRefPrefix(schema) as RJSFSchema, formData, rootSchema).length === 0;
    } catch {
      return false;
    }
  },

  rawValidation(schema: RJSFSchema, formData: unknown) {
    // rjsf leaves the result's type to whoever asks; only its playground does.
    return { errors: findErrors(schema, formData) as never[] };
  },
};

/** What is wrong with the value, in words and with rjsf's paths (`.address.street`). */
export function findErrors(schema: RJSFSchema, value: unknown): RJSFValidationError[] {
  let output: OutputUnit[];
  try {
    output = check(schema, value ?? {});
  } catch (error) {
    return [
      {
        stack: `This form's schema cannot be used: ${error instanceof Error ? error.message : String(error)}`,
        message: 'This form cannot be checked. Ask whoever made the workflow to correct its schema.',
        property: '.',
      },
    ];
  }
  return leaves(output).map((unit) => {
    const path = unit.instanceLocation.replace(/^#\/?/, '').split('/').filter(Boolean).map(unescape);
    const missing = unit.keyword === 'required' ? /"([^"]+)"/.exec(unit.error)?.[1] : undefined;
    if (missing !== undefined) path.push(missing);
    const message = words(unit, schemaAt(schema, unit.keywordLocation));
    return {
      name: unit.keyword,
      property: `.${path.map((part) => part.replaceAll('.', '\\.')).join('.')}`,
      message,
      stack: message,
      schemaPath: unit.keywordLocation,
    };
  });
}

/** The library reports every keyword on the way up; only where the trouble starts is worth showing. */
const WRAPPERS = new Set([
  'properties',
  'items',
  'prefixItems',
  'additionalItems',
  'patternProperties',
  'additionalProperties',
  'allOf',
  '$ref',
  'then',
  'else',
  'if',
  'dependentSchemas',
  'dependencies',
]);

function leaves(output: OutputUnit[]): OutputUnit[] {
  return output.filter(
    (unit, at) => !WRAPPERS.has(unit.keyword) || (unit.keyword === 'additionalProperties' && output[at + 1]?.keyword === 'false'),
  );
}

function words(unit: OutputUnit, limit: unknown): string {
  switch (unit.keyword) {
    case 'required':
      return 'Fill this in.';
    case 'type':
      return 'This is not of the right kind.';
    case 'minLength':
      return limit === 1 ? 'Fill this in.' : `Use at least ${String(limit)} characters.`;
    case 'maxLength':
      return `Use at most ${String(limit)} characters.`;
    case 'minimum':
      return `Enter ${String(limit)} or more.`;
    case 'maximum':
      return `Enter ${String(limit)} or less.`;
    case 'exclusiveMinimum':
      return `Enter more than ${String(limit)}.`;
    case 'exclusiveMaximum':
      return `Enter less than ${String(limit)}.`;
    case 'multipleOf':
      return `Enter a multiple of ${String(limit)}.`;
    case 'minItems':
      return `Add at least ${String(limit)}.`;
    case 'maxItems':
      return `Keep at most ${String(limit)}.`;
    case 'uniqueItems':
      return 'The same entry stands here twice.';
    case 'enum':
    case 'const':
      return 'Choose one of the options.';
    case 'format':
      if (unit.error.includes(linearPatternPrefix)) return 'This does not have the expected form.';
      return `This is not a valid ${FORMATS[String(limit)] ?? String(limit)}.`;
    case 'pattern':
      return 'This does not have the expected form.';
    default:
      return unit.error;
  }
}

const FORMATS: Record<string, string> = {
  email: 'e-mail address',
  uri: 'address',
  date: 'date',
  'date-time': 'date and time',
  time: 'time',
};

function schemaAt(schema: unknown, location: string): unknown {
  let at: unknown = schema;
  for (const part of location.replace(/^#\/?/, '').split('/').filter(Boolean).map(unescape)) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

const unescape = (part: string): string => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');

function check(schema: RJSFSchema, value: unknown, root?: RJSFSchema): OutputUnit[] {
  const { [ID_KEY]: _id, ...rest } = schema;
  const own = linear(rest);
  const above = root === undefined ? undefined : linear(root);
  const added = [...own.formats, ...(above?.formats ?? [])];
  try {
    // The registry is global, so the patterns are in it only while this synchronous check runs.
    for (const [name, fits] of added) formats[name] = fits;
    const validator = new Validator(own.schema, '7', false);
    if (above) validator.addSchema({ ...above.schema, $id: ROOT_SCHEMA_PREFIX }, ROOT_SCHEMA_PREFIX);
    return validator.validate(value).errors;
  } finally {
    for (const [name] of added) delete formats[name];
  }
}

function linear(schema: RJSFSchema): { schema: Schema; formats: ReadonlyMap<string, (value: unknown) => boolean> } {
  const result = linearSchema(schema as Json); // a form's schema came as JSON
  if (!result.ok) throw new Error(result.message);
  // Both types describe JSON Schema; cfworker's has an index signature for what it does not know.
  return { schema: result.schema as Schema, formats: result.formats };
}
