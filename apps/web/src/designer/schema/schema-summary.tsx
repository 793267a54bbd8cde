import type { Json } from '@perdure/graph';
import { IconForms } from '@tabler/icons-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { fieldsOf, fieldTypes, isObjectSchema } from './schema-fields.ts';

const SchemaDialog = lazy(() => import('./schema-dialog.tsx').then((module) => ({ default: module.SchemaDialog })));

const typeWords = new Map<string, string>(fieldTypes.map(({ value, label }) => [value, label]));

/** What a schema asks for at a glance, and the way into its editor. */
export function SchemaSummary({
  label,
  value,
  onChange,
  children,
}: {
  label: string;
  value: Json | undefined;
  onChange(value: Json | undefined): void;
  /** The schema as JSON: folded away where the fields tell what it is. */
  children: ReactNode;
}) {
  const [opened, setOpened] = useState(false);
  const fields = value !== undefined && isObjectSchema(value) ? fieldsOf(value) : [];
  const summary = (
    <div className="ds-schema">
      {fields.length > 0 ? (
        <ul className="ds-schema-fields" aria-label={`Fields of ${label}`}>
          {fields.map(({ name, type, required }) => (
            <li key={name}>
              <span className="mono ell">{name}</span>
              {required ? <span className="t3">required</span> : null}
              <span className="grow" />
              <span className="t3">{typeWords.get(type) ?? 'Other'}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <Button size="sm" icon={<IconForms className="ic" aria-hidden="true" />} onClick={() => setOpened(true)}>
        {value === undefined ? 'Build a form…' : 'Edit fields…'}
      </Button>
      {opened ? (
        <Suspense fallback={null}>
          <SchemaDialog title={label} value={value} onUse={onChange} onClose={() => setOpened(false)} />
        </Suspense>
      ) : null}
    </div>
  );
  return (
    <>
      {summary}
      {fields.length === 0 ? (
        children
      ) : (
        <details className="ds-schema-json">
          <summary>As JSON</summary>
          {children}
        </details>
      )}
    </>
  );
}
