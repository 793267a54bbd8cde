import { Modal } from '@mantine/core';
import type { WorkflowDocument } from '@perdure/graph';
import { Button } from '../components/button.tsx';
import { downloadDocument } from './download-document.ts';
import type { Theirs } from './draft-saver.ts';

/** Two people changed one draft. Nothing is thrown away unseen: either one goes on, the other can be kept as a file. */
export function ConflictDialog({
  opened,
  workflowKey,
  mine,
  theirs,
  onMine,
  onTheirs,
  onClose,
}: {
  opened: boolean;
  workflowKey: string;
  mine: WorkflowDocument;
  theirs: Theirs;
  onMine(): void;
  onTheirs(): void;
  onClose(): void;
}) {
  const when = new Date(theirs.savedAt).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  return (
    <Modal opened={opened} onClose={onClose} title="The draft has changed" size={520}>
      <p className="t2">{`${theirs.savedBy} saved this draft while you were editing it. Yours is kept in this browser.`}</p>
      <div className="ds-versions">
        <div>
          <div className="b6">Theirs</div>
          <div className="s12 t2">{`${theirs.savedBy}, ${when}`}</div>
          <div className="s12 t3">{sizeOf(theirs.document)}</div>
        </div>
        <div>
          <div className="b6">Yours</div>
          <div className="s12 t2">You, not saved yet</div>
          <div className="s12 t3">{sizeOf(mine)}</div>
        </div>
      </div>
      <div className="row g8" style={{ marginTop: 16 }}>
        <Button look="ghost" size="lg" onClick={() => downloadDocument(mine, `${workflowKey}-mine`)}>
          Download mine
        </Button>
        <span className="grow" />
        <Button
          size="lg"
          onClick={() => {
            downloadDocument(mine, `${workflowKey}-mine`);
            onTheirs();
          }}
        >
          Use theirs, keep mine as a file
        </Button>
        <Button size="lg" look="kill" onClick={onMine}>
          Replace theirs
        </Button>
      </div>
    </Modal>
  );
}

function sizeOf({ nodes, edges }: WorkflowDocument): string {
  return `${nodes.length} nodes, ${edges.length} edges`;
}
