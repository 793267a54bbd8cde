import { canonicalJson, type Json, type WorkflowDocument } from '@perdure/graph';

export function downloadDocument(document: WorkflowDocument, name: string): void {
  const text = canonicalJson(document as unknown as Json); // a document is JSON throughout; its interface cannot say so
  const link = globalThis.document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = `${name}.perdure.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
