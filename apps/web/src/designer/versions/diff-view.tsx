import { diffDocuments, type EdgeId, type NodeId, type NoteId, type WorkflowDocument } from '@perdure/graph';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { layoutOf } from '../../canvas/canvas-layout.ts';
import { GraphCanvas, type Selection } from '../../canvas/graph-canvas.tsx';
import type { CanvasView } from '../../canvas/react-flow.ts';
import { ZoomBar } from '../../canvas/zoom-bar.tsx';
import { Button } from '../../components/button.tsx';
import { Kbd } from '../../components/kbd.tsx';
import { ValueDiff } from '../../components/value-diff.tsx';
import { changeEntries, countWords, diffMarks, signs, unionDocument, type ChangeEntry } from './change-entries.ts';
import './versions.css';

/** Two documents on one canvas with the list of what differs. N and P, or the arrows in the list, go from change to change. */
export function DiffView({
  before,
  after,
  label,
  opensFirst = false,
}: {
  before: WorkflowDocument;
  after: WorkflowDocument;
  label: string;
  /** The first change is gone to at once. */
  opensFirst?: boolean;
}) {
  const diff = useMemo(() => diffDocuments(before, after), [before, after]);
  const entries = useMemo(() => changeEntries(diff, before, after), [diff, before, after]);
  const union = useMemo(() => unionDocument(diff, after), [diff, after]);
  const marks = useMemo(() => diffMarks(diff), [diff]);
  const [chosen, setChosen] = useState<string | null>(null);
  const canvas = useRef<CanvasView>(null);
  const list = useRef<HTMLUListElement>(null);
  const at = entries.findIndex(({ key }) => key === chosen);
  const entry = entries[at];
  const selection = useMemo<Selection>(() => selectionOf(entry), [entry]);

  const choose = (next: ChangeEntry | undefined): void => {
    if (!next) return;
    setChosen(next.key);
    // Its values open below the canvas, which is smaller then.
    requestAnimationFrame(() => requestAnimationFrame(() => centre(next)));
    list.current?.querySelector(`[data-key="${CSS.escape(next.key)}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const centre = (next: ChangeEntry): void => {
    const layout = layoutOf(union);
    const node = next.node ?? union.edges.find(({ id }) => id === next.edge)?.source;
    const box = next.note === null ? node && layout.boxes.get(node) : layout.notes.get(next.note);
    if (box) canvas.current?.center(box.x + box.width / 2, box.y + box.height / 2);
  };
  const step = (by: 1 | -1): void => choose(entries[(at + by + entries.length) % entries.length]);
  const latest = useRef(step);
  useEffect(() => {
    latest.current = step;
  });
  useEffect(() => {
    if (opensFirst) latest.current(1);
  }, [opensFirst]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof Element && event.target.closest('input, textarea, select');
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const by = event.key === 'n' ? 1 : event.key === 'p' ? -1 : null;
      if (by === null) return;
      event.preventDefault();
      latest.current(by);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const refusal = entries.length === 0 ? 'Nothing differs' : null;
  return (
    <div className="vs-diff">
      <div className="vs-stage">
        <div className="vs-canvas">
          <GraphCanvas
            document={union}
            selection={selection}
            onSelectionChange={({ nodes, edges, notes }) => {
              const picked = entries.find(
                (one) =>
                  (one.node !== null && nodes.has(one.node)) ||
                  (one.note !== null && notes?.has(one.note)) ||
                  (one.edge !== null && nodes.size === 0 && edges.has(one.edge)),
              );
              setChosen(picked?.key ?? null);
            }}
            marks={marks}
            view={canvas}
            label={label}
          >
            <ZoomBar side="left" />
          </GraphCanvas>
        </div>
        {entry ? <ChangeDetail entry={entry} /> : null}
      </div>
      <section className="vs-changes" aria-label="Changes">
        <div className="vs-changes-head">
          <span className="b6">{countWords(entries)}</span>
          <span className="grow" />
          <Kbd>P</Kbd>
          <Button
            size="sm"
            look="ghost"
            icon={<IconChevronUp className="ic" aria-hidden="true" />}
            aria-label="Previous change"
            refusal={refusal}
            onClick={() => step(-1)}
          />
          <Kbd>N</Kbd>
          <Button
            size="sm"
            look="ghost"
            icon={<IconChevronDown className="ic" aria-hidden="true" />}
            aria-label="Next change"
            refusal={refusal}
            onClick={() => step(1)}
          />
        </div>
        {entries.length === 0 ? <p className="vs-none">The two are the same.</p> : null}
        <ul
          className="vs-list"
          ref={list}
          onKeyDown={(event) => {
            const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : null;
            if (by === null) return;
            event.preventDefault();
            const row = event.target instanceof Element ? event.target.closest('li') : null;
            const button = (by === 1 ? row?.nextElementSibling : row?.previousElementSibling)?.querySelector('button');
            button?.focus();
            button?.click();
          }}
        >
          {entries.slice(0, mostListed).map((one) => (
            <li key={one.key} data-key={one.key}>
              <button
                type="button"
                className={`plain vs-entry ${one === entry ? 'on' : ''}`}
                aria-pressed={one === entry}
                onClick={() => choose(one)}
              >
                <span className={`vs-sign ${one.kind}`} aria-hidden="true">
                  {signs[one.kind]}
                </span>
                <span className="vs-entry-text">
                  <span className="ell b5">{one.title}</span>
                  <span className="ell s12 t3">{one.detail}</span>
                </span>
                <span className="visually-hidden">{one.kind}</span>
              </button>
            </li>
          ))}
        </ul>
        {entries.length > mostListed ? <p className="vs-none">{`${entries.length - mostListed} more are marked on the canvas.`}</p> : null}
      </section>
    </div>
  );
}

const mostListed = 500;

function ChangeDetail({ entry }: { entry: ChangeEntry }) {
  return (
    <section className="vs-detail" aria-label={`Change: ${entry.title}`}>
      <h3 className="b6">{entry.title}</h3>
      {entry.fields.length === 0 ? <p className="t3">{entry.kind === 'removed' ? 'It was removed.' : 'It was added.'}</p> : null}
      {entry.fields.map(({ field, label, before, after }) => (
        <div key={field} className="vs-field">
          <div className="label">{label}</div>
          <ValueDiff before={before} after={after} />
        </div>
      ))}
    </section>
  );
}

function selectionOf(entry: ChangeEntry | undefined): Selection {
  return {
    nodes: new Set<NodeId>(entry?.node ? [entry.node] : []),
    edges: new Set<EdgeId>(entry?.edge ? [entry.edge] : []),
    notes: new Set<NoteId>(entry?.note ? [entry.note] : []),
  };
}
