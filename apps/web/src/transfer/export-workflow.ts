import { writeDocument, type WorkflowDocument } from '@perdure/graph';
import { saveFile } from './save-file.ts';

/** A workflow as a file, with its name: what import reads, here and anywhere else. */
export function exportWorkflow({
  key,
  title,
  description,
  document,
}: {
  key: string;
  title: string;
  description: string;
  document: WorkflowDocument;
}): void {
  const head = JSON.stringify({ key, title, description }, null, 2).slice(0, -2);
  const body = writeDocument(document).trimEnd().replaceAll('\n', '\n  ');
  saveFile(`${key}.perdure.json`, new Blob([`${head},\n  "document": ${body}\n}\n`], { type: 'application/json' }));
}
