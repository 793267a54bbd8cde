import { pasteFragment, writeDocument, type WorkflowDocument } from '@perdure/graph';
import { useState } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { toast } from '../components/toast.tsx';
import { ImportBody, useImportText } from '../transfer/import-body.tsx';
import { importAction } from '../transfer/import-review.tsx';
import { fitContainers } from './document-edits.ts';
import { useDesigner } from './use-designer.ts';

/** A workflow from elsewhere into the open one: in place of the draft, or beside what is there. Either is one step to undo. */
export function ImportDialog({ text, onClose }: { text: string; onClose(): void }) {
  const { model, stage } = useDesigner();
  const given = useImportText(text);
  const { found } = given;
  const [how, setHow] = useState<'replace' | 'beside'>('replace');

  const take = (document: WorkflowDocument): void => {
    const next = how === 'replace' ? document : beside(model.document, document);
    if (typeof next === 'string') return given.refuse(next);
    model.change('Import', () => next);
    onClose();
    stage.show(model.document, { fromTop: true });
    toast({ title: 'Imported into the draft', detail: 'Nothing is published by it.', action: { label: 'Undo', run: () => model.undo() } });
  };

  return (
    <Dialog
      opened
      onClose={onClose}
      title="Import into this workflow"
      action={found ? importAction(found, how === 'replace' ? 'Replace the draft' : 'Add it') : 'Import'}
      size={640}
      error={given.refused}
      refusal={given.missing}
      onAction={() => {
        if (found) take(found.document);
      }}
    >
      <ImportBody given={given}>
        <div className="seg" role="group" aria-label="Where it goes" style={{ marginTop: 12 }}>
          <button
            type="button"
            className={how === 'replace' ? 'on' : ''}
            aria-pressed={how === 'replace'}
            onClick={() => setHow('replace')}
          >
            In place of the draft
          </button>
          <button type="button" className={how === 'beside' ? 'on' : ''} aria-pressed={how === 'beside'} onClick={() => setHow('beside')}>
            Beside what is there
          </button>
        </div>
      </ImportBody>
    </Dialog>
  );
}

/** A text: why that is not possible. */
function beside(document: WorkflowDocument, added: WorkflowDocument): WorkflowDocument | string {
  const right = document.nodes.reduce((most, { parent, position }) => (parent === null ? Math.max(most, position.x + 320) : most), 0);
  const pasted = pasteFragment(document, writeDocument(added), { parent: null, position: { x: right, y: 0 } });
  return pasted.ok ? fitContainers(pasted.document) : (pasted.problems[0]?.detail ?? 'It does not fit beside what is there.');
}
