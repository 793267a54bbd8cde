import { parseDocument, parseJson, type WorkflowDocument } from '@perdure/graph';

/** A draft the server has not got yet, kept in this browser. */
export interface LocalDraft {
  document: WorkflowDocument;
  baseRevision: number;
}

const keyOf = (workflowKey: string): string => `perdure-draft:${workflowKey}`;

export function keepLocalDraft(workflowKey: string, draft: LocalDraft | null): void {
  try {
    if (draft === null) localStorage.removeItem(keyOf(workflowKey));
    else localStorage.setItem(keyOf(workflowKey), JSON.stringify(draft));
  } catch {
    // Storage may be full or forbidden. The draft is then only in this page until the server has it, as the save mark says.
  }
}

/** What was kept is read like any foreign file: another version of Perdure may have written it. */
export function readLocalDraft(workflowKey: string): LocalDraft | null {
  const text = localStorage.getItem(keyOf(workflowKey));
  const read = text === null ? null : parseJson(text);
  if (!read?.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) return null;
  const parsed = parseDocument(read.value['document']);
  const { baseRevision } = read.value;
  return parsed.ok && typeof baseRevision === 'number' ? { document: parsed.document, baseRevision } : null;
}
