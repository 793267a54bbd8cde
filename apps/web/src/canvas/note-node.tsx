import { memo, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { MarkdownText } from '../components/markdown-text.tsx';
import { useCanvas } from './canvas-context.ts';
import { useZoomLevel, type CanvasNote, type NodeProps } from './react-flow.ts';
import { ResizeHandles } from './resize-handles.tsx';

/** A remark in Markdown. A double click or F2 edits it; leaving the field keeps what was written, Escape keeps what was there. */
export const NoteNode = memo(function NoteNode({ id, data: { note }, selected, dragging, width, height }: NodeProps<CanvasNote>) {
  const { editable, note: state } = useCanvas();
  const editing = useStore(state, (now) => now.editing === note.id);
  const level = useZoomLevel();
  const classes = ['wf-note', selected ? 'sel' : '', dragging ? 'drag' : '', editing ? 'editing' : ''].join(' ');
  return (
    <div className={classes} style={{ width, height }}>
      {editing ? (
        <NoteEditor note={note} />
      ) : level === 'block' ? null : (
        <div className="wf-note-text">
          {note.text.trim() === '' ? <p className="t3">{editable ? 'Double-click to write' : ''}</p> : <MarkdownText text={note.text} />}
        </div>
      )}
      {editable && selected && !editing && level !== 'block' ? <ResizeHandles element={id} /> : null}
    </div>
  );
});

function NoteEditor({ note }: { note: CanvasNote['data']['note'] }) {
  const { changeNote, editNote } = useCanvas();
  const [text, setText] = useState(note.text);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.select();
  }, []);
  const isOver = useRef(false);
  /** Once: giving the focus away is told as leaving the field, too. */
  const end = (keeps: boolean): void => {
    if (isOver.current) return;
    isOver.current = true;
    if (keeps && text !== note.text) changeNote(note.id, text);
    editNote(null);
  };
  /** Keys go on working on the note that was just written. */
  const endByKey = (keeps: boolean): void => {
    end(keeps);
    field.current?.closest<HTMLElement>('.react-flow__node')?.focus({ preventScroll: true });
  };
  return (
    <textarea
      ref={field}
      className="wf-note-field nodrag nopan nowheel"
      aria-label="Note, in Markdown"
      maxLength={10_000}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          endByKey(false);
        } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.stopPropagation();
          endByKey(true);
        }
      }}
    />
  );
}
