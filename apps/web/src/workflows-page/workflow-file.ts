import { parseDocument, parseJson, type Problem, type WorkflowDocument } from '@perdure/graph';

/** A workflow as a file: what export writes and import reads. A bare document is read too. */
export interface WorkflowFile {
  key: string | null;
  title: string | null;
  document: WorkflowDocument;
}

export type WorkflowFileResult = { ok: true; file: WorkflowFile } | { ok: false; title: string; problems: Problem[]; line?: number };

export function readWorkflowFile(text: string): WorkflowFileResult {
  const json = parseJson(text);
  if (!json.ok)
    return {
      ok: false,
      title: `This is not JSON. Line ${json.line}, column ${json.column}: ${json.message}`,
      problems: [],
      line: json.line,
    };
  const value = json.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, title: 'This JSON is not a workflow: it has no document.', problems: [] };
  const wrapped = 'document' in value;
  const parsed = parseDocument(wrapped ? value['document'] : value);
  if (!parsed.ok) return { ok: false, title: 'This is not a valid workflow.', problems: parsed.problems };
  return {
    ok: true,
    file: {
      key: wrapped && typeof value['key'] === 'string' ? value['key'] : null,
      title: wrapped && typeof value['title'] === 'string' ? value['title'] : null,
      document: parsed.document,
    },
  };
}

export function downloadWorkflow({ key, title, draft }: { key: string; title: string; draft: WorkflowDocument }): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(
    new Blob([`${JSON.stringify({ key, title, document: draft }, null, 2)}\n`], { type: 'application/json' }),
  );
  link.download = `${key}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
