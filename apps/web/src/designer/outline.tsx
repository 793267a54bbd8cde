import { IconChevronDown, IconChevronRight, IconX } from '@tabler/icons-react';
import { standardCatalogue, type NodeId, type Problem } from '@perdure/graph';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { NodeChip } from '../canvas/node-icon.tsx';
import { Button } from '../components/button.tsx';
import { Kbd } from '../components/kbd.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { updateNode } from './document-edits.ts';
import { openSettings } from './node-actions.ts';
import { openMenuAtPoint } from './open-context-menu.ts';
import './outline.css';
import { outlineRows, type OutlineRow } from './outline-rows.ts';
import { useDesigner, useDesignerValue } from './use-designer.ts';

const rowHeight = 30;

/**
 * The workflow as a tree in the order it runs in: what the canvas shows, for the keyboard and for screen readers. Arrows walk and open,
 * F2 renames in place, and every command of a node works here as it does on the canvas.
 */
export function Outline() {
  const designer = useDesigner();
  const { model, screen, stage, may } = designer;
  const document = useDesignerValue((at) => at.model.document);
  const selection = useDesignerValue((at) => at.model.selection);
  const problems = useDesignerValue((at) => at.problems);
  const [closed, setClosed] = useState<ReadonlySet<NodeId>>(new Set());
  const [active, setActive] = useState<NodeId | null>(null);
  const [renaming, setRenaming] = useState<NodeId | null>(null);
  const rows = useMemo(() => outlineRows(document, closed), [document, closed]);
  const faults = useMemo(() => countByNode(problems), [problems]);
  const frame = useRef<HTMLDivElement>(null);
  const tree = useRef<HTMLDivElement>(null);
  const id = useId();

  // What is selected elsewhere is where the outline is, too.
  const [chosen] = selection.nodes;
  const selected = selection.nodes.size === 1 ? (chosen ?? null) : null;
  const known = rows.findIndex(({ node }) => node.id === (selected ?? active));
  const last = useRef(0);
  const at = known === -1 ? Math.min(last.current, rows.length - 1) : known;
  useEffect(() => {
    last.current = at;
  }, [at]);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useEffect(() => {
    if (known !== -1) virtual.scrollToIndex(known, { align: 'auto' });
  }, [known, virtual]);

  const go = (place: number, extend = false): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, place))];
    if (!row) return;
    setActive(row.node.id);
    if (extend) model.select({ nodes: new Set([...selection.nodes, row.node.id]), edges: new Set() });
    else model.selectNode(row.node.id);
    stage.reveal(model.document, row.node.id);
    // Several are selected: then nothing but this says which row is meant.
    if (extend) virtual.scrollToIndex(Math.max(0, place), { align: 'auto' });
  };
  const toggle = (row: OutlineRow): void => {
    const next = new Set(closed);
    if (!next.delete(row.node.id)) next.add(row.node.id);
    setClosed(next);
  };

  const here =
    selection.nodes.size > 1 && active !== null
      ? Math.max(
          0,
          rows.findIndex(({ node }) => node.id === active),
        )
      : at;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[here];
    if (!row) return;
    const parent = rows.findLastIndex((one, i) => i < here && one.level < row.level);
    if (event.key === 'ArrowDown') go(here + 1, event.shiftKey);
    else if (event.key === 'ArrowUp') go(here - 1, event.shiftKey);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(rows.length - 1);
    else if (event.key === 'PageDown') go(here + 12);
    else if (event.key === 'PageUp') go(here - 12);
    else if (event.key === 'ArrowRight' && row.isOpen === false) toggle(row);
    else if (event.key === 'ArrowRight' && row.isOpen) go(here + 1);
    else if (event.key === 'ArrowLeft' && row.isOpen) toggle(row);
    else if (event.key === 'ArrowLeft' && parent !== -1) go(parent);
    else if (event.key === 'Enter') {
      go(here);
      requestAnimationFrame(() => openSettings(designer));
    } else if (event.key === 'F2' && may.edit) setRenaming(row.node.id);
    else if ((event.key === 'F10' && event.shiftKey) || event.key === 'ContextMenu') openMenu(row, event.currentTarget);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const openMenu = (row: OutlineRow, element: HTMLElement): void => {
    const box = (element.querySelector(`#${CSS.escape(rowId(id, row.node.id))}`) ?? element).getBoundingClientRect();
    if (!selection.nodes.has(row.node.id)) model.selectNode(row.node.id);
    openMenuAtPoint(designer, { x: box.left + 40, y: box.bottom });
  };

  const rename = (row: OutlineRow, title: string | null): void => {
    setRenaming(null);
    if (title !== null && title.trim() !== '' && title !== row.node.title)
      model.change(`Rename ${row.node.title}`, (before) => updateNode(before, row.node.id, (node) => ({ ...node, title: title.trim() })));
    tree.current?.focus();
  };

  const current = rows[here];
  return (
    <aside className="ds-outline" aria-label="Outline">
      <div className="ds-outline-head">
        <h2>Outline</h2>
        <span className="num">{document.nodes.length}</span>
        <span className="grow" />
        <Button
          look="ghost"
          size="sm"
          icon={<IconX className="ic" aria-hidden="true" />}
          aria-label="Close the outline"
          onClick={() => screen.setState({ left: 'nodes' })}
        />
      </div>
      <div className="ds-outline-frame" ref={frame}>
        <div
          ref={tree}
          className="ds-steps"
          role="tree"
          aria-label="Steps in the order they run in"
          aria-multiselectable="true"
          aria-activedescendant={current ? rowId(id, current.node.id) : undefined}
          tabIndex={0}
          style={{ height: virtual.getTotalSize() }}
          onKeyDown={onKeyDown}
          onFocus={() => {
            if (selected === null && selection.nodes.size === 0) go(here);
          }}
        >
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <Row
                key={row.node.id}
                id={rowId(id, row.node.id)}
                row={row}
                top={item.start}
                isSelected={selection.nodes.has(row.node.id)}
                isActive={item.index === here}
                faults={faults.get(row.node.id)}
                isRenaming={renaming === row.node.id}
                onPick={(extend) => {
                  go(item.index, extend);
                  tree.current?.focus();
                }}
                onToggle={() => toggle(row)}
                onRename={(title) => rename(row, title)}
                onStartRename={() => {
                  if (may.edit) setRenaming(row.node.id);
                }}
                onMenu={(point) => {
                  if (!selection.nodes.has(row.node.id)) model.selectNode(row.node.id);
                  openMenuAtPoint(designer, point);
                }}
              />
            );
          })}
        </div>
      </div>
      {may.edit ? (
        <div className="ds-outline-foot" aria-hidden="true">
          <span>
            <Kbd>A</Kbd> Add
          </span>
          <span>
            <Kbd>C</Kbd> Connect
          </span>
          <span>
            <Kbd>M</Kbd> Move
          </span>
          <span>
            <Kbd>F2</Kbd> Rename
          </span>
        </div>
      ) : null}
    </aside>
  );
}

interface RowProps {
  id: string;
  row: OutlineRow;
  top: number;
  isSelected: boolean;
  isActive: boolean;
  faults: Faults | undefined;
  isRenaming: boolean;
  onPick(extend: boolean): void;
  onToggle(): void;
  /** Null: nothing is to change. */
  onRename(title: string | null): void;
  onStartRename(): void;
  onMenu(at: { x: number; y: number }): void;
}

function Row({ id, row, top, isSelected, isActive, faults, isRenaming, onPick, onToggle, onRename, onStartRename, onMenu }: RowProps) {
  const { node, name, typeLabel, level, reached, isOpen } = row;
  const faultWords = faults ? wordsOf(faults) : '';
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={level}
      aria-setsize={row.siblings}
      aria-posinset={row.place}
      aria-selected={isSelected}
      {...(isOpen !== null && { 'aria-expanded': isOpen })}
      // What is seen stands first and in one piece, for those who speak to the page.
      aria-label={[reached === '' ? name : `${name} ${reached}`, typeLabel, node.disabled ? 'disabled' : '', faultWords]
        .filter(Boolean)
        .join(', ')}
      className={`ds-row ${isSelected ? 'on' : ''} ${isActive ? 'at' : ''} ${node.disabled ? 'off' : ''}`}
      style={{ transform: `translateY(${top}px)`, paddingLeft: 8 + (level - 1) * 18 }}
      onClick={(event) => onPick(event.shiftKey || event.ctrlKey || event.metaKey)}
      onDoubleClick={onStartRename}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      <span
        className="ds-row-toggle"
        aria-hidden="true"
        onClick={(event) => {
          if (isOpen === null) return;
          event.stopPropagation();
          onToggle();
        }}
      >
        {isOpen === null ? null : isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
      </span>
      <NodeChip type={standardCatalogue.get(node.type)} small />
      {isRenaming ? (
        <input
          autoFocus
          className="ds-row-title"
          aria-label={`Title of ${name}`}
          defaultValue={node.title}
          maxLength={200}
          onFocus={(event) => event.currentTarget.select()}
          onClick={(event) => event.stopPropagation()}
          onBlur={(event) => onRename(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onRename(event.currentTarget.value);
            else if (event.key === 'Escape') onRename(null);
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
      ) : (
        <span className="ds-row-name ell">{name}</span>
      )}
      {reached === '' || isRenaming ? null : ' '}
      {reached === '' || isRenaming ? null : (
        <span className="ds-row-from ell" title={reached}>
          {reached}
        </span>
      )}
      {faults ? (
        <span className="ds-row-fault" title={faults.first}>
          <StatusIcon shape={faults.errors > 0 ? 'error' : 'warning'} size={13} />
        </span>
      ) : null}
    </div>
  );
}

interface Faults {
  errors: number;
  warnings: number;
  /** In words, for the pointer. */
  first: string;
}

function countByNode(problems: readonly Problem[]): Map<NodeId, Faults> {
  const faults = new Map<NodeId, Faults>();
  for (const { node, severity, title, detail } of problems) {
    if (node === undefined || severity === 'notice') continue;
    const known = faults.get(node) ?? { errors: 0, warnings: 0, first: `${title}. ${detail}` };
    if (severity === 'error') known.errors += 1;
    else known.warnings += 1;
    faults.set(node, known);
  }
  return faults;
}

function wordsOf({ errors, warnings }: Faults): string {
  const counted = (count: number, word: string): string => (count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`);
  return [counted(errors, 'error'), counted(warnings, 'warning')].filter(Boolean).join(', ');
}

function rowId(tree: string, node: NodeId): string {
  return `${tree}-${node}`;
}
