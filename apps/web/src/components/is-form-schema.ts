import type { Json } from '@perdure/graph';

/** A schema that names fields can be drawn as a form; `true`, `{}` and schemas of plain values are better typed as JSON. */
export function isFormSchema(schema: Json): boolean {
  return (
    typeof schema === 'object' &&
    schema !== null &&
    !Array.isArray(schema) &&
    typeof schema['properties'] === 'object' &&
    schema['properties'] !== null &&
    Object.keys(schema['properties']).length > 0
  );
}
