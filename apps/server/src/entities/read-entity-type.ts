import { expressionAnalyser } from '@perdure/expressions';
import { checkEntityType, type EntityTypeDocument, parseEntityType, type Json, type Problem } from '@perdure/graph';

/** What stands between a definition and its use: its shape first, then its meaning. Errors first. */
export function readEntityType(value: Json): { document: EntityTypeDocument | null; problems: Problem[] } {
  const parsed = parseEntityType(value);
  if (!parsed.ok) return { document: null, problems: parsed.problems };
  return { document: parsed.document, problems: checkEntityType(parsed.document, expressionAnalyser) };
}
