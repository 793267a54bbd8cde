import type { ReactNode } from 'react';

export interface ListColumn {
  /** Of an `actions` column: for screen readers only. */
  title: string;
  /** px, or a share of the whole as `24%`. Columns without one share what is left. */
  width?: number | string;
  /** Numbers stand at the end. */
  align?: 'end';
  /** Buttons, in `RowActions`. */
  actions?: true;
}

/** A table of rows of one kind. Its rows are the caller's `tr`. */
export function ListTable({
  label,
  columns,
  className,
  children,
}: {
  label: string;
  columns: readonly ListColumn[];
  className?: string;
  children: ReactNode;
}) {
  return (
    <table className={className === undefined ? 'list' : `list ${className}`} aria-label={label}>
      <colgroup>
        {columns.map(({ title, width }) => (
          <col key={title} style={{ width }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map(({ title, align, actions }) => (
            <th key={title} scope="col" className={align}>
              {actions ? <span className="visually-hidden">{title}</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** The cell of what can be done with a row, at its end. */
export function RowActions({ children }: { children: ReactNode }) {
  return (
    <td>
      <div className="row g4 row-actions">{children}</div>
    </td>
  );
}
