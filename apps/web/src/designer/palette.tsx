import { IconListTree, IconSearch } from '@tabler/icons-react';
import { standardCatalogue, type NodeCategory, type NodeType } from '@perdure/graph';
import { useMemo, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { NodeChip } from '../canvas/node-icon.tsx';
import { Button } from '../components/button.tsx';
import { Kbd } from '../components/kbd.tsx';
import { useCommand } from './commands/use-command.ts';
import { useDesigner } from './use-designer.ts';

export const categories: readonly { key: NodeCategory; label: string }[] = [
  { key: 'trigger', label: 'Triggers' },
  { key: 'work', label: 'Work' },
  { key: 'people', label: 'People' },
  { key: 'wait', label: 'Wait' },
  { key: 'flow', label: 'Flow' },
];

export const draggedType = 'application/x-perdure-node';

export function matchTypes(text: string, except: (type: NodeType) => boolean = () => false): NodeType[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return standardCatalogue.types.filter(
    (type) =>
      !except(type) && words.every((word) => `${type.label} ${type.key} ${type.category} ${type.description}`.toLowerCase().includes(word)),
  );
}

/** The node types by category. Drag one onto the canvas, or press it: then it goes below the selected node. */
export function Palette({ onAdd, hasStart }: { onAdd(type: NodeType): void; hasStart: boolean }) {
  const outline = useCommand('view.outline');
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => new Set(matchTypes(text)), [text]);
  const first = standardCatalogue.types.find((type) => found.has(type) && !(type.key === 'start' && hasStart));

  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const items = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    (items[at + step] ?? (step === -1 ? input.current : items[0]))?.focus();
  };

  return (
    <aside className="ds-palette" aria-label="Nodes" onKeyDown={move}>
      <div className="ds-search ds-search-row">
        <div className="input">
          <IconSearch className="ic" stroke={1.8} aria-hidden="true" />
          <input
            ref={input}
            type="search"
            aria-label="Find a node"
            placeholder="Find a node"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') {
                setText('');
                event.currentTarget.blur();
              }
              if (event.key === 'Enter' && first) {
                onAdd(first);
                setText('');
              }
            }}
          />
          <Kbd>/</Kbd>
        </div>
        <Button
          look="ghost"
          icon={<IconListTree className="ic" stroke={1.8} aria-hidden="true" />}
          aria-label={outline.title}
          onClick={outline.run}
        />
      </div>
      <div className="ds-palette-list" ref={list}>
        {categories.map(({ key, label }) => {
          const types = standardCatalogue.types.filter((type) => type.category === key && found.has(type));
          if (types.length === 0) return null;
          return (
            <section key={key} aria-label={label}>
              <div className="ds-palette-head">
                <h2>{label}</h2>
                <span className="num">{types.length}</span>
              </div>
              {types.map((type) => (
                <PaletteItem
                  key={type.key}
                  type={type}
                  refusal={type.key === 'start' && hasStart ? 'A workflow has one start.' : null}
                  onAdd={onAdd}
                />
              ))}
            </section>
          );
        })}
        {found.size === 0 ? <p className="ds-palette-none">No node is called “{text}”.</p> : null}
      </div>
    </aside>
  );
}

function PaletteItem({ type, refusal, onAdd }: { type: NodeType; refusal: string | null; onAdd(type: NodeType): void }) {
  const { screen } = useDesigner();
  const start = (event: DragEvent<HTMLButtonElement>): void => {
    event.dataTransfer.setData(draggedType, type.key);
    event.dataTransfer.effectAllowed = 'copy';
    screen.setState({ dragged: type.key });
  };
  return (
    <button
      type="button"
      className="ds-palette-item"
      title={refusal ?? type.description}
      aria-label={type.label}
      aria-disabled={refusal !== null}
      draggable={refusal === null}
      onDragStart={start}
      onDragEnd={() => screen.setState({ dragged: null })}
      onClick={() => {
        if (refusal === null) onAdd(type);
      }}
    >
      <NodeChip type={type} small />
      <span className="grow ell">{type.label}</span>
    </button>
  );
}
