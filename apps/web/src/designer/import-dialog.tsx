import { pasteFragment, readImport, writeDocument, type WorkflowDocument } from '@perdure/graph';
import { useMemo, useState } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { toast } from '../components/toast.tsx';
import { importAction, ImportReview } from '../transfer/import-review.tsx';
import { ImportSource } from '../transfer/import-source.tsx';
import { fitContainers } from './document-edits.ts';
import { useDesigner } from './use-designer.ts';

/** A workflow from elsewhere into the open one: in place of the draft, or beside what is there. Either is one step to undo. */
export function ImportDialog({ text: given, onClose }: { text: string; onClose(): void }) {
  const { model, stage } = useDesigner();
  const [text, setText] = useState(given);
  const [how, setHow] = useState<'replace' | 'beside'>('replace');
  const [refused, setRefused] = useState<string | null>(null);
  const reading = useMemo(() => (text.trim() === '' ? null : readImport(text)), [text]);
  const found = reading?.ok ? reading.import : null;

  const take = (document: WorkflowDocument): void => {
    const next = how === 'replace' ? document : beside(model.document, document);
    if (typeof next === 'string') return setRefused(next);
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
      error={refused}
      refusal={reading === null ? 'Choose a file or paste JSON' : found ? null : 'There is nothing in it to import'}
      onAction={() => {
        if (found) take(found.document);
      }}
    >
      <ImportSource
        text={text}
        onText={(next) => {
          setRefused(null);
          setText(next);
        }}
        onRefused={setRefused}
      />
      {reading?.ok === false ? (
        <p className="tr-refused" role="alert">
          <span className="b6">{reading.title}</span> {reading.detail}
        </p>
      ) : null}
      {found ? (
        <>
          <ImportReview given={found} />
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
        </>
      ) : null}
    </Dialog>
  );
}

/** A text: why that is not possible. */
function beside(document: WorkflowDocument, added: WorkflowDocument): WorkflowDocument | string {
  const right = document.nodes.reduce((most, { parent, position }) => (parent === null ? Math.max(most, position.x + 320) : most), 0);
  const pasted = pasteFragment(document, writeDocument(added), { parent: null, position: { x: right, y: 0 } });
  return pasted.ok ? fitContainers(pasted.document) : (pasted.problems[0]?.detail ?? 'It does not fit beside what is there.');
}
