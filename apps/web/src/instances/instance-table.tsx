import { IconArrowDown } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode, Ref } from 'react';
import type { InstanceRow } from '@perdure/server/contract';
import { formatMoment } from '../components/moment.ts';
import { TagList } from '../components/tag-list.tsx';
import { versionWords } from '../components/version-words.ts';
import { StatusLabel } from '../status/status-label.tsx';
import { COLUMNS, type Column, type Density } from './columns.ts';
import { InstanceElapsed } from './instance-elapsed.tsx';
import { whoInWords } from '../components/who-in-words.ts';
import { WhereAndWhy } from './where-and-why.tsx';
import './instances-page.css';

interface InstanceTableProps {
  rows: readonly InstanceRow[];
  columns: readonly Column[];
  density: Density;
  ref?: Ref<HTMLTableElement>;
  onOpen?: (id: string) => void;
  /** Without it rows cannot be ticked. */
  ticking?: {
    isTicked: (id: string) => boolean;
    onTick: (id: string, toHere: boolean) => void;
    onTickAll: () => void;
  };
}

export function InstanceTable({ rows, columns, density, ref, onOpen, ticking }: InstanceTableProps) {
  const ticked = rows.filter(({ id }) => ticking?.isTicked(id)).length;
  return (
    <table className={density === 'compact' ? 'list instances-list compact' : 'list instances-list'} ref={ref} aria-label="Instances">
      <colgroup>
        {ticking ? <col style={{ width: 46 }} /> : null}
        {columns.map((column) => (
          <col key={column} {...(COLUMNS[column].width === null ? {} : { style: { width: COLUMNS[column].width } })} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {ticking ? (
            <th scope="col" className="tick">
              <input
                type="checkbox"
                className="check"
                aria-label="Select all on this page"
                checked={ticked > 0 && ticked === rows.length}
                ref={(box) => {
                  if (box) box.indeterminate = ticked > 0 && ticked < rows.length;
                }}
                onChange={ticking.onTickAll}
              />
            </th>
          ) : null}
          {columns.map((column) => (
            <th
              key={column}
              scope="col"
              className={`of-${column}`}
              {...(column === 'started' ? { 'aria-sort': 'descending' as const } : {})}
            >
              {column === 'started' ? (
                <span className="row g4">
                  Started
                  <IconArrowDown className="ic" size={12} stroke={1.8} />
                </span>
              ) : (
                COLUMNS[column].label
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.id}
            data-id={row.id}
            className={ticking?.isTicked(row.id) ? 'on' : ''}
            onClick={(event) => {
              // The link does it for the keyboard and the middle button; the rest of the row is a convenience.
              if (event.target instanceof HTMLElement && event.target.closest('a, button, input')) return;
              if (getSelection()?.toString() === '') onOpen?.(row.id);
            }}
          >
            {ticking ? (
              <td className="tick">
                <input
                  type="checkbox"
                  className="check"
                  aria-label={`Select ${row.id}`}
                  checked={ticking.isTicked(row.id)}
                  onChange={(event) => ticking.onTick(row.id, (event.nativeEvent as MouseEvent).shiftKey)} // a click, or Space, which has no Shift
                />
              </td>
            ) : null}
            {columns.map((column) => (
              <td key={column} className={`of-${column}`}>
                {cellOf(row, column)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function cellOf(row: InstanceRow, column: Column): ReactNode {
  switch (column) {
    case 'status':
      return <StatusLabel status={row.status} />;
    case 'instance':
      return (
        <Link to="/instances/$id" params={{ id: row.id }} className="instance mono b5" title={row.id} preload={false}>
          {row.id}
        </Link>
      );
    case 'workflow':
      return (
        <>
          {row.workflowKey} <span className="t3">{versionWords(row.version)}</span>
        </>
      );
    case 'where':
      return <WhereAndWhy row={row} />;
    case 'started':
      return formatMoment(row.createdAt);
    case 'elapsed':
      return <InstanceElapsed createdAt={row.createdAt} completedAt={row.completedAt} />;
    case 'changed':
      return formatMoment(row.updatedAt);
    case 'ended':
      return row.completedAt === null ? '' : formatMoment(row.completedAt);
    case 'startedBy':
      return whoInWords(row.startedBy);
    case 'folder':
      return row.folder;
    case 'tags':
      return (
        <span className="row g4">
          {row.isTest ? <span className="tag">Test</span> : null}
          <TagList tags={row.tags} most={row.isTest ? 0 : 1} />
        </span>
      );
  }
}
