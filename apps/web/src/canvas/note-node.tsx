import Markdown from 'markdown-to-jsx/react';
import { memo, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
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
          {note.text.trim() === '' ? <p className="t3">{editable ? 'Double-click to write' : ''}</p> : <NoteText text={note.text} />}
        </div>
      )}
      {editable && selected && !editing && level !== 'block' ? <ResizeHandles element={id} /> : null}
    </div>
  );
});

/** No raw HTML: tags stand there as text. Links leave this page without telling it where from. */
const NoteText = memo(function NoteText({ text }: { text: string }) {
  return <Markdown options={markdownOptions}>{text}</Markdown>;
});

const markdownOptions = {
  disableParsingRawHTML: true,
  forceBlock: true,
  forceWrapper: true,
  wrapper: 'div',
  overrides: {
    a: { component: 'a', props: { target: '_blank', rel: 'noopener noreferrer', className: 'lnk nodrag' } },
    // A picture from elsewhere would tell its server who looks at the workflow.
    img: { component: ImageWords },
    ...Object.fromEntries(
      ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((tag) => [tag, { component: 'p', props: { className: 'wf-note-title' } }]),
    ),
  },
} as const;

function ImageWords({ alt }: { alt?: string }) {
  return <span>{alt}</span>;
}

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
