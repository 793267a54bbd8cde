import type { WorkflowImport } from '@perdure/graph';
import { useState } from 'react';
import { GraphCanvas, emptySelection, type Selection } from '../canvas/graph-canvas.tsx';
import { ZoomBar } from '../canvas/zoom-bar.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import './transfer.css';

const mostListed = 200;

/** What would be taken, on a canvas, and everything that would not, one by one. */
export function ImportReview({ given }: { given: WorkflowImport }) {
  const { document, left } = given;
  const [selection, setSelection] = useState<Selection>(emptySelection);
  return (
    <div className="tr-review">
      <div className="tr-canvas">
        <GraphCanvas document={document} selection={selection} onSelectionChange={setSelection} label="Preview of the import" readable>
          <ZoomBar side="left" />
        </GraphCanvas>
      </div>
      <p className="s12 t2 num">
        {`${document.nodes.length} nodes, ${document.edges.length} edges`}
        {(document.notes?.length ?? 0) > 0 ? `, ${document.notes?.length} notes` : ''}
      </p>
      {left.length > 0 ? (
        <section className="tr-left" aria-label="Not taken">
          <div className="row g6">
            <StatusIcon shape="warning" size={15} label="Warning" />
            <span className="b6">
              {left.length === 1 ? 'One thing cannot be taken as it is' : `${left.length} things cannot be taken as they are`}
            </span>
          </div>
          <ul tabIndex={0} aria-label="What is not taken">
            {left.slice(0, mostListed).map(({ name, reason }, i) => (
              // Two of them may read the same.
              <li key={i}>
                <span className="b5">{name}</span> <span className="t2">{reason}</span>
              </li>
            ))}
            {left.length > mostListed ? <li className="t3">{`and ${left.length - mostListed} more`}</li> : null}
          </ul>
        </section>
      ) : null}
    </div>
  );
}

/** On the button: what is left out is said where it is decided. */
export function importAction({ left }: WorkflowImport, action: string): string {
  const out = left.length;
  return out === 0 ? action : `${action} without ${out === 1 ? 'it' : 'these'}`;
}
