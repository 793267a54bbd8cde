import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { Json, JsonObject } from '@perdure/graph';
import { useState } from 'react';
import { glimpse } from './expression-editor.tsx';

/** "Data from earlier steps": what the last run had, each line a click away from the expression. */
export function DataTree({
  scope,
  names,
  from,
  onInsert,
}: {
  scope: JsonObject;
  names: readonly string[];
  from: string | null;
  onInsert(path: string): void;
}) {
  const roots = names.filter((name) => !name.startsWith('error') && name !== 'vars' && name !== 'instance.id');
  return (
    <div role="group" aria-label="Data from earlier steps">
      <div className="label">
        <span>Data from earlier steps</span>
        <span className="grow" />
        <span className="t3 ds-light">Click to insert the path</span>
      </div>
      <div className="ds-tree">
        {roots.map((root) => (
          <Branch
            key={root}
            label={root}
            path={root}
            value={at(scope, root)}
            depth={0}
            note={root === 'input' ? from : null}
            onInsert={onInsert}
          />
        ))}
      </div>
      {from === null ? <div className="ds-field-help">Run the workflow once to see its data here.</div> : null}
    </div>
  );
}

const mostChildren = 60;

function Branch({
  label,
  path,
  value,
  depth,
  note,
  onInsert,
}: {
  label: string;
  path: string;
  value: Json | undefined;
  depth: number;
  note: string | null;
  onInsert(path: string): void;
}) {
  const [open, setOpen] = useState(depth === 0 && label === 'input');
  const children = childrenOf(value);
  const shown = note ?? (value === undefined ? 'not run yet' : glimpse(value));
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <>
      <div className="ds-tree-row" style={{ paddingLeft: 6 + depth * 14 }}>
        {children.length > 0 ? (
          <button
            type="button"
            className="ds-tree-toggle"
            aria-label={open ? `Close ${path}` : `Open ${path}`}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <Chevron className="ic" size={12} aria-hidden="true" />
          </button>
        ) : (
          <span className="ds-tree-toggle" />
        )}
        {/* mousedown would take the focus from the expression, and with it the place to insert at */}
        <button type="button" className="ds-tree-path" onMouseDown={(event) => event.preventDefault()} onClick={() => onInsert(path)}>
          <span className={`mono ${depth === 0 ? 'b5' : ''}`}>{label}</span>
          <span className="grow" />
          <span className="mono t3 ell">{shown}</span>
          <span className="visually-hidden">, insert {path}</span>
        </button>
      </div>
      {open
        ? children.map(([name, child, childPath]) => (
            <Branch key={name} label={name} path={path + childPath} value={child} depth={depth + 1} note={null} onInsert={onInsert} />
          ))
        : null}
    </>
  );
}

/** JSONata looks through lists by itself, so a list shows the fields of its first entry under the list's own path. */
function childrenOf(value: Json | undefined): [string, Json, string][] {
  const shown = Array.isArray(value) ? value[0] : value;
  if (typeof shown !== 'object' || shown === null || Array.isArray(shown)) return [];
  return Object.entries(shown)
    .slice(0, mostChildren)
    .map(([name, child]) => [name, child, /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `.\`${name}\``]);
}

function at(scope: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = scope;
  for (const name of path.split('.'))
    value = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}
