import { type Json, parseDocument, type WorkflowDocument } from '@perdure/graph';
import { RequestError } from '../errors/request-error.ts';

/** Unknown JSON → a document, or `document.invalid` with the problems. */
export function readDocument(value: unknown): WorkflowDocument {
  const parsed = parseDocument(value);
  if (parsed.ok) return parsed.document;
  const first = parsed.problems[0];
  throw new RequestError('document.invalid', `This is not a workflow document: ${first ? first.detail : 'its shape is wrong.'}`, {
    details: parsed.problems as unknown as Json, // plain data; the interface only lacks an index signature
  });
}
