import type { ReactNode } from 'react';
import type { Json, JsonObject } from '@perdure/graph';
import { JsonView } from '../components/json-view.tsx';
import { formatMoment } from '../components/moment.ts';
import { fieldLabel } from './field-label.ts';
import { numberWords } from './number-words.ts';

const MOST_ROWS = 100;
const MOST_COLUMNS = 8;

/** A task's read-only data: fields as labelled facts, lists of records as tables, anything deeper as JSON. */
export function ContextCard({ context }: { context: Json }) {
  if (context === null) return null;
  if (!isObject(context))
    return <div className="ctx">{isRecords(context) ? <RecordTable rows={context} /> : <Deep name="Data" value={context} />}</div>;
  const facts: [string, ReactNode][] = [];
  const blocks: ReactNode[] = [];
  for (const [key, value] of Object.entries(context)) {
    if (isScalar(value)) facts.push([fieldLabel(key), <Scalar key={key} name={key} value={value} />]);
    else if (isShortList(value)) facts.push([fieldLabel(key), value.map(String).join(', ') || 'None']);
    else if (isFlat(value))
      facts.push(
        ...Object.entries(value).map(([inner, deep]): [string, ReactNode] => [
          `${fieldLabel(key)} ${fieldLabel(inner).toLowerCase()}`,
          <Scalar key={inner} name={inner} value={deep} />,
        ]),
      );
    else if (isRecords(value)) blocks.push(<RecordTable key={key} title={fieldLabel(key)} rows={value} />);
    else blocks.push(<Deep key={key} name={fieldLabel(key)} value={value} />);
  }
  return (
    <section className="ctx" aria-label="Context">
      {facts.length > 0 ? (
        <dl className="fx">
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {blocks}
    </section>
  );
}

function RecordTable({ title, rows }: { title?: string; rows: JsonObject[] }) {
  const columns = [...new Set(rows.slice(0, MOST_ROWS).flatMap((row) => Object.keys(row)))].slice(0, MOST_COLUMNS);
  const numeric = new Set(
    columns.filter((column) => rows.every((row) => row[column] === undefined || row[column] === null || typeof row[column] === 'number')),
  );
  const words = new Map(
    [...numeric].map((column) => [
      column,
      numberWords(
        column,
        rows.map((row) => row[column]).filter((value) => typeof value === 'number'),
      ),
    ]),
  );
  const align = (column: string) => (numeric.has(column) ? ({ textAlign: 'right' } as const) : {});
  return (
    <div className="lines-wrap" tabIndex={0} role="group" aria-label={title ?? 'Rows'}>
      <table className="lines">
        {title === undefined ? null : <caption>{title}</caption>}
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" style={align(column)}>
                {fieldLabel(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, at) => (
            <tr key={at}>
              {columns.map((column) => (
                <td key={column} className={numeric.has(column) ? 'num' : ''} style={align(column)}>
                  <Scalar name={column} value={row[column] ?? null} words={words.get(column)} blank />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS ? (
        <p className="s12 t3" style={{ padding: '6px 14px' }}>
          and {(rows.length - MOST_ROWS).toLocaleString('en')} more, all in the instance
        </p>
      ) : null}
    </div>
  );
}

function Deep({ name, value }: { name: string; value: Json }) {
  return (
    <details className="deep">
      <summary className="s12 b5">{name}</summary>
      <JsonView value={value} label={name} />
    </details>
  );
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function Scalar({
  name,
  value,
  words,
  blank = false,
}: {
  name: string;
  value: Json;
  /** How the numbers of a column read; else by this one alone. */
  words?: ((value: number) => string) | undefined;
  blank?: boolean;
}) {
  if (value === null) return <span className="t3">{blank ? '' : 'None'}</span>;
  if (typeof value === 'boolean') return <>{value ? 'Yes' : 'No'}</>;
  if (typeof value === 'number') return <span className="num">{(words ?? numberWords(name, [value]))(value)}</span>;
  if (typeof value === 'string') return <>{MOMENT.test(value) ? formatMoment(value) : value}</>;
  return <span className="mono">{JSON.stringify(value)}</span>;
}

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: Json): value is string | number | boolean | null => typeof value !== 'object' || value === null;
const isShortList = (value: Json): value is (string | number | boolean | null)[] =>
  Array.isArray(value) && value.length <= 8 && value.every(isScalar);
const isFlat = (value: Json): value is JsonObject =>
  isObject(value) && Object.keys(value).length > 0 && Object.keys(value).length <= 4 && Object.values(value).every(isScalar);
const isRecords = (value: Json): value is JsonObject[] => Array.isArray(value) && value.length > 0 && value.every(isObject);
