import { IconChevronDown, IconChevronUp, IconSearch, IconX } from '@tabler/icons-react';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../components/button.tsx';
import './find-bar.css';
import { findInDocument, type Hit } from './find-in-document.ts';
import type { DesignerSession } from './designer-session.ts';
import { useDesigner, useDesignerValue } from './use-designer.ts';

/** Finds in the whole workflow. Enter goes to the next place, Shift+Enter back; the canvas and the form follow, the keyboard stays here. */
export function FindBar() {
  const open = useDesignerValue(({ screen }) => screen.getState().find !== null);
  return open ? <OpenFindBar /> : null;
}

function OpenFindBar() {
  const designer = useDesigner();
  const { screen, stage } = designer;
  const document = useDesignerValue(({ model }) => model.document);
  const asked = useDesignerValue((at) => at.screen.getState().find ?? 0);
  const [text, setText] = useState('');
  const typed = useDeferredValue(text);
  const hits = useMemo(() => findInDocument(document, typed), [document, typed]);
  // Null: not gone to any yet.
  const [at, setAt] = useState<number | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const shown = at === null ? null : (hits[Math.min(at, hits.length - 1)] ?? null);

  // Ctrl+F again comes back here.
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, [asked]);

  const go = (step: 1 | -1): void => {
    if (hits.length === 0) return;
    const next = at === null ? (step === 1 ? 0 : hits.length - 1) : (at + step + hits.length) % hits.length;
    const hit = hits[next];
    setAt(next);
    if (hit) showHit(designer, hit);
  };
  const close = (): void => {
    screen.setState({ find: null });
    stage.focus();
  };

  return (
    <div
      className="ds-find"
      role="search"
      aria-label="Find in the workflow"
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
        else if (event.key === 'Enter' && event.target === input.current) go(event.shiftKey ? -1 : 1);
        else if (event.key === 'ArrowDown' && event.target === input.current) go(1);
        else if (event.key === 'ArrowUp' && event.target === input.current) go(-1);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <div className="ds-find-row">
        <IconSearch className="ic" size={15} stroke={1.8} aria-hidden="true" />
        <input
          ref={input}
          aria-label="Find in the workflow"
          placeholder="Title, id, setting or expression"
          value={text}
          spellCheck={false}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(null);
          }}
        />
        <span className="ds-find-count num" role="status">
          {typed.trim() === ''
            ? ''
            : hits.length === 0
              ? 'Nothing found'
              : shown
                ? `${(at ?? 0) + 1} of ${hits.length}`
                : `${hits.length} found`}
        </span>
        <Button
          look="ghost"
          size="sm"
          icon={<IconChevronUp className="ic" aria-hidden="true" />}
          aria-label="Previous"
          refusal={hits.length === 0 ? 'Nothing found' : null}
          onClick={() => go(-1)}
        />
        <Button
          look="ghost"
          size="sm"
          icon={<IconChevronDown className="ic" aria-hidden="true" />}
          aria-label="Next"
          refusal={hits.length === 0 ? 'Nothing found' : null}
          onClick={() => go(1)}
        />
        <Button look="ghost" size="sm" icon={<IconX className="ic" aria-hidden="true" />} aria-label="Close find" onClick={close} />
      </div>
      {shown ? (
        <div className="ds-find-hit">
          <span className="b6 ell">{shown.name}</span>
          <span className="ds-find-where ell">{shown.where}</span>
          <span className="mono ell ds-find-text">
            {shown.before}
            <mark>{shown.found}</mark>
            {shown.after}
          </span>
        </div>
      ) : null}
    </div>
  );
}

function showHit({ model, stage }: DesignerSession, { at }: Hit): void {
  if ('note' in at) {
    model.select({ nodes: new Set(), edges: new Set(), notes: new Set([at.note]) });
    stage.showNote(model.document, at.note);
    return;
  }
  model.openAround(at.node);
  model.selectNode(at.node);
  stage.centre(model.document, at.node);
  if (at.field !== null) model.showField(at.node, at.field, { focus: false });
}
