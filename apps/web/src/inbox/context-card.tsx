import { useState, type ReactNode } from 'react';
import type { Json, JsonObject } from '@perdure/graph';
import { JsonView } from '../components/json-view.tsx';
import { formatMoment } from '../components/moment.ts';
import { numberWords } from '../components/number-words.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { useMayIn } from '../api/use-me.ts';
import { contextFacts, isRecords } from './context-facts.ts';
import { EarlierData } from './earlier-data.tsx';
import { fieldLabel } from './field-label.ts';

const MOST_ROWS = 100;
const MOST_COLUMNS = 8;

/** A task's read-only data, and for those who may see it everything the instance knew before. */
export function ContextCard({
  context,
  instance,
}: {
  context: Json;
  instance: { workflowKey: string; folder: string; instanceId: string };
}) {
  const mayReadInstance = useMayIn('instance.read', instance.folder);
  const [showsAll, setShowsAll] = useState(false);
  const content = contextContent(context);
  if (content === null && !mayReadInstance) return null;
  return (
    <section className="ctx" aria-label="Context">
      {content}
      {mayReadInstance ? (
        <div className="ctx-foot">
          <button type="button" className="plain lnk s12" onClick={() => setShowsAll(true)}>
            All data of earlier steps
          </button>
        </div>
      ) : null}
      {showsAll ? <EarlierData {...instance} onClose={() => setShowsAll(false)} /> : null}
    </section>
  );
}

function contextContent(context: Json): ReactNode {
  if (context === null) return null;
  if (typeof context !== 'object' || Array.isArray(context))
    return isRecords(context) ? <RecordTable rows={context} total={null} /> : <Deep name="Data" value={context} />;
  const { facts, blocks } = contextFacts(context);
  return (
    <>
      {facts.length > 0 ? (
        <dl className="fx">
          {facts.map(({ key, label, value, unit, notes = [] }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                {Array.isArray(value) ? (
                  value.map(String).join(', ') || 'None'
                ) : (
                  <Scalar name={key} value={value} {...(unit === undefined ? {} : { words: inCents })} />
                )}
                {unit === undefined ? '' : ` ${unit}`}
                {notes.map((note) => (
                  <span key={note.key} className="t3 b4">
                    {note.label === null ? ' ' : ` ${note.label} `}
                    <Scalar name={note.key} value={note.value} />
                  </span>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      {blocks.map((block) =>
        block.kind === 'records' ? (
          <RecordTable key={block.key} title={block.title} rows={block.rows} total={block.total} />
        ) : (
          <Deep key={block.key} name={block.title} value={block.value} />
        ),
      )}
    </>
  );
}

function RecordTable({
  title,
  rows,
  total,
}: {
  title?: string;
  rows: JsonObject[];
  total: { label: string; column: string; value: number } | null;
}) {
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
  // Its first column names the rows already, as in the reference.
  const isNamed =
    title !== undefined && columns[0] !== undefined && fieldLabel(columns[0]).toLowerCase() === title.toLowerCase().replace(/s$/, '');
  const sumAt = total === null ? -1 : columns.indexOf(total.column);
  return (
    <div className="lines-wrap" tabIndex={0} role="group" aria-label={title ?? 'Rows'}>
      <table className="lines">
        {title === undefined ? null : <caption className={isNamed ? 'visually-hidden' : ''}>{title}</caption>}
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
                  <Scalar name={column} value={row[column] ?? null} words={words.get(column)} inTable />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {total !== null && sumAt > 0 ? (
          <tfoot>
            <tr>
              <th scope="row" colSpan={sumAt}>
                {total.label}
              </th>
              <td className="num" style={{ textAlign: 'right' }}>
                {(words.get(total.column) ?? String)(total.value)}
              </td>
              {columns.length > sumAt + 1 ? <td colSpan={columns.length - sumAt - 1} /> : null}
            </tr>
          </tfoot>
        ) : null}
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

/** An amount with its currency has cents, as it has in the list. */
const inCents = (value: number): string => value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function Scalar({
  name,
  value,
  words,
  inTable = false,
}: {
  name: string;
  value: Json;
  /** How the numbers of a column read; else by this one alone. */
  words?: ((value: number) => string) | undefined;
  inTable?: boolean;
}) {
  if (value === null) return <span className="t3">{inTable ? '' : 'None'}</span>;
  if (typeof value === 'boolean') {
    if (!inTable) return <>{value ? 'Yes' : 'No'}</>;
    return (
      <span className="row g6 t2">
        {value ? <StatusIcon shape="completed" size={12} /> : null}
        {value ? 'Yes' : 'No'}
      </span>
    );
  }
  if (typeof value === 'number') return <span className="num">{(words ?? numberWords(name, [value]))(value)}</span>;
  if (typeof value === 'string') return <>{MOMENT.test(value) ? formatMoment(value) : value}</>;
  return <span className="mono">{JSON.stringify(value)}</span>;
}
