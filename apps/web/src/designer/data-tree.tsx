import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { rootRow, type DataRow } from './data-rows.ts';
import { draggedPath } from './dragged-path.ts';
import type { DataRoot } from './expression-data.ts';

interface ShownRow {
  row: DataRow;
  level: number;
  isOpen: boolean;
  parent: string | null;
}

/**
 * The data an expression can read, each line a click, an Enter or a drag away from the field. One tab stop; arrows walk and open, as the
 * ARIA tree pattern asks.
 */
export function DataTree({
  roots,
  onInsert,
  side,
  hint,
  tall = false,
}: {
  roots: readonly DataRoot[];
  onInsert(path: string): void;
  side?: ReactNode;
  hint?: string | undefined;
  tall?: boolean;
}) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(['input', 'item']));
  const [active, setActive] = useState<string | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => shownRows(roots, open), [roots, open]);
  const current = rows.find(({ row }) => row.key === active) ?? rows[0];

  const toggle = (key: string): void => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };
  const go = (key: string | null | undefined): void => {
    if (key === null || key === undefined) return;
    setActive(key);
    // The row exists already: only what is drawn can be gone to.
    tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!current) return;
    const at = rows.indexOf(current);
    const { row, isOpen, parent } = current;
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(rows[at + 1]?.row.key),
      ArrowUp: () => go(rows[at - 1]?.row.key),
      Home: () => go(rows[0]?.row.key),
      End: () => go(rows.at(-1)?.row.key),
      ArrowRight: () => (row.hasChildren && !isOpen ? toggle(row.key) : go(isOpen ? rows[at + 1]?.row.key : null)),
      ArrowLeft: () => (isOpen ? toggle(row.key) : go(parent)),
      Enter: () => onInsert(row.path),
      ' ': () => onInsert(row.path),
    };
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };

  return (
    <div role="group" aria-label="Data from earlier steps">
      <div className="label">
        <span>Data from earlier steps</span>
        <span className="grow" />
        {side}
      </div>
      <div className={`ds-tree ${tall ? 'tall' : ''}`} role="tree" aria-label="Data from earlier steps" ref={tree} onKeyDown={onKeyDown}>
        {rows.map(({ row, level, isOpen }) => (
          <Line
            key={row.key}
            row={row}
            level={level}
            isOpen={isOpen}
            isCurrent={row === current?.row}
            onToggle={() => toggle(row.key)}
            onFocus={() => setActive(row.key)}
            onInsert={() => onInsert(row.path)}
          />
        ))}
      </div>
      {hint === undefined ? null : <div className="ds-field-help">{hint}</div>}
    </div>
  );
}

function Line({
  row,
  level,
  isOpen,
  isCurrent,
  onToggle,
  onFocus,
  onInsert,
}: {
  row: DataRow;
  level: number;
  isOpen: boolean;
  isCurrent: boolean;
  onToggle(): void;
  onFocus(): void;
  onInsert(): void;
}) {
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  const missing = row.mayBeMissing ? ', may be missing' : '';
  return (
    <div
      role="treeitem"
      aria-level={level}
      aria-selected={false}
      {...(row.hasChildren && { 'aria-expanded': isOpen })}
      data-key={row.key}
      tabIndex={isCurrent ? 0 : -1}
      className="ds-tree-row"
      style={{ paddingLeft: 6 + (level - 1) * 14 }}
      title={row.title === undefined ? `Insert ${row.path}` : `${row.title}: insert ${row.path}`}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(draggedPath, row.path);
        event.dataTransfer.setData('text/plain', row.path);
        event.dataTransfer.effectAllowed = 'copy';
      }}
      onFocus={onFocus}
      onClick={onInsert}
    >
      <span
        className="ds-tree-toggle"
        aria-hidden="true"
        onClick={(event) => {
          if (!row.hasChildren) return;
          event.stopPropagation();
          onToggle();
        }}
      >
        {row.hasChildren ? <Chevron className="ic" size={12} /> : null}
      </span>
      {/* What is shown is short; what is said names the place in full. */}
      <span className="visually-hidden">
        {`${row.path}, ${row.type || 'not seen yet'}${row.value === '' ? '' : ` ${row.value}`}${missing}`}
      </span>
      <span aria-hidden="true" className={`mono ds-tree-name ${level === 1 ? 'b5' : ''} ${row.label.endsWith(' item') ? 'said' : ''}`}>
        {row.label}
      </span>
      <span className="grow" />
      {row.mayBeMissing ? (
        <span aria-hidden="true" className="ds-missing">
          may be missing
        </span>
      ) : null}
      <span aria-hidden="true" className={`mono t3 ell ${row.value === '' ? 'said' : ''}`}>
        {row.value === '' ? row.type || 'not seen yet' : row.value}
      </span>
    </div>
  );
}

function shownRows(roots: readonly DataRoot[], open: ReadonlySet<string>): ShownRow[] {
  const shown: ShownRow[] = [];
  const add = (row: DataRow, level: number, parent: string | null): void => {
    const isOpen = row.hasChildren && open.has(row.key);
    shown.push({ row, level, isOpen, parent });
    if (isOpen) for (const child of row.children()) add(child, level + 1, row.key);
  };
  for (const root of roots) add(rootRow(root), 1, null);
  return shown;
}
