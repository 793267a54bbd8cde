import { writeDocument, type WorkflowDocument } from '@perdure/graph';
import { saveFile } from '../transfer/save-file.ts';

export function downloadDocument(document: WorkflowDocument, name: string): void {
  saveFile(`${name}.perdure.json`, new Blob([writeDocument(document)], { type: 'application/json' }));
}
