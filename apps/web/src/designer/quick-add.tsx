import { IconSearch } from '@tabler/icons-react';
import type { NodeType } from '@perdure/graph';
import { useEffect, useId, useRef, useState } from 'react';
import { NodeChip } from '../canvas/node-icon.tsx';
import { Kbd } from '../components/kbd.tsx';
import { matchTypes } from './palette.tsx';
import { readRecent, rememberRecent } from './recent.ts';
import { useFocusBack } from './use-focus-back.ts';

/** A small searchable list of node types where the next node is wanted: at a dropped wire, on an edge, below the selection. */
export function QuickAdd({
  at,
  fits,
  onPick,
  onClose,
}: {
  at: { x: number; y: number };
  /** Which types can stand there. */
  fits(type: NodeType): boolean;
  onPick(type: NodeType): void;
  onClose(): void;
}) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const listId = useId();
  // What was added lately stands first, until something else is asked for.
  const [recent] = useState(() => readRecent('nodes'));
  const found = matchTypes(text, (type) => !fits(type));
  const types = text.trim() === '' ? lately(found, recent) : found;
  const pick = (type: NodeType): void => {
    rememberRecent('nodes', type.key);
    onPick(type);
  };
  const active = Math.min(chosen, types.length - 1);

  useFocusBack();

  useEffect(() => {
    const close = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as globalThis.Node)) onClose();
    };
    window.addEventListener('pointerdown', close, true);
    return () => window.removeEventListener('pointerdown', close, true);
  }, [onClose]);

  useEffect(() => {
    root.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const left = Math.max(8, Math.min(at.x, window.innerWidth - 272));
  const top = Math.max(8, Math.min(at.y, window.innerHeight - 356));
  return (
    <div ref={root} className="ds-quick" role="dialog" aria-label="Add a node" style={{ left, top }}>
      <div className="ds-quick-search">
        <IconSearch className="ic" size={15} stroke={1.8} aria-hidden="true" />
        <input
          autoFocus
          role="combobox"
          aria-label="Add a node"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={types[active] ? `${listId}-${types[active].key}` : undefined}
          placeholder="Add a node"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === 'Escape') onClose();
            else if (event.key === 'ArrowDown') setChosen(Math.min(types.length - 1, active + 1));
            else if (event.key === 'ArrowUp') setChosen(Math.max(0, active - 1));
            else if ((event.key === 'Enter' || event.key === 'Tab') && types[active]) pick(types[active]);
            else return;
            event.preventDefault();
          }}
        />
        <Kbd>Esc</Kbd>
      </div>
      <div className="ds-quick-list" role="listbox" id={listId} aria-label="Nodes">
        {types.map((type, i) => (
          <div
            key={type.key}
            id={`${listId}-${type.key}`}
            role="option"
            aria-selected={i === active}
            className="ds-quick-item"
            onPointerEnter={() => setChosen(i)}
            onClick={() => pick(type)}
          >
            <NodeChip type={type} small />
            <span className="grow ell">{type.label}</span>
            {i === active ? (
              <span aria-hidden="true">
                <Kbd>Enter</Kbd>
              </span>
            ) : null}
          </div>
        ))}
      </div>
      {types.length === 0 ? <p className="ds-palette-none">No node is called “{text}”.</p> : null}
    </div>
  );
}

function lately(types: readonly NodeType[], recent: readonly string[]): NodeType[] {
  const place = ({ key }: NodeType): number => (recent.includes(key) ? recent.indexOf(key) : recent.length);
  return types.toSorted((a, b) => place(a) - place(b));
}
