import type { Field, Json } from '@perdure/graph';
import type { DOMAttributes, ReactNode } from 'react';

/** What every widget of the inspector is given. */
export interface FieldProps {
  field: Field;
  path: string;
  value: Json | undefined;
  /** Undefined removes the field from the config. */
  onChange(value: Json | undefined): void;
}

/** A label, a control, what is wrong with it and what it means. */
export function Labelled({
  label,
  help,
  problem,
  side,
  children,
  ...around
}: Pick<DOMAttributes<HTMLElement>, 'onKeyDown' | 'onDragOver' | 'onDrop'> & {
  label: string;
  help?: string | undefined;
  problem?: string | undefined;
  side?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div role="group" aria-label={label} {...around}>
      <div className="label">
        <span>{label}</span>
        <span className="grow" />
        {side}
      </div>
      {children}
      {problem === undefined ? null : <div className="ds-field-problem">{problem}</div>}
      {help === undefined ? null : <div className="ds-field-help">{help}</div>}
    </div>
  );
}
