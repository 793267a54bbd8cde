import { NativeSelect, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconPlus, IconX } from '@tabler/icons-react';
import { isExpression, type Json, type JsonObject } from '@perdure/graph';
import { useRef, useState, type ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import { ExpressionEditor } from './expression-editor.tsx';
import { useFieldProblem, useInspector } from './inspector-context.ts';
import { Labelled, type FieldProps } from './labelled.tsx';
import { literalAsExpression } from './literal-as-expression.ts';
import { textWithPath } from './text-with-path.ts';
import { asksForExpression, useLiteralSwitch, type LiteralSwitch } from './use-literal-switch.tsx';

/** The lists whose entries become ports, and the list of names and values. Entries can be moved: their order is the order of the ports. */

export function CasesField(props: FieldProps) {
  return (
    <EntryList {...props} noun="case" fresh={(keys) => ({ key: unusedKey('case', keys), label: '', when: '' })}>
      {(entry, change, path) => (
        <>
          <LabelAndKey entry={entry} change={change} path={path} />
          <WhenInput entry={entry} change={change} path={path} />
        </>
      )}
    </EntryList>
  );
}

function WhenInput({ entry, change, path }: { entry: JsonObject; change: (entry: JsonObject) => void; path: string }) {
  const problem = useFieldProblem(`${path}.when`);
  return (
    <ExpressionEditor
      label={`${nameOf(entry)}: holds when`}
      value={typeof entry['when'] === 'string' ? entry['when'] : ''}
      numbered={false}
      expects="condition"
      onChange={(when) => change({ ...entry, when })}
      problem={problem}
    />
  );
}

const tones = [
  { value: 'primary', label: 'Primary' },
  { value: 'neutral', label: 'Neutral' },
  { value: 'danger', label: 'Danger' },
];

export function OutcomesField(props: FieldProps) {
  return (
    <EntryList {...props} noun="outcome" fresh={(keys) => ({ key: unusedKey('outcome', keys), label: '', tone: 'neutral' })}>
      {(entry, change, path) => (
        <>
          <LabelAndKey entry={entry} change={change} path={path} />
          <NativeSelect
            size="sm"
            rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
            aria-label={`${nameOf(entry)}: tone`}
            data={tones}
            value={typeof entry['tone'] === 'string' ? entry['tone'] : 'neutral'}
            onChange={(event) => change({ ...entry, tone: event.currentTarget.value })}
          />
        </>
      )}
    </EntryList>
  );
}

export function CatchesField(props: FieldProps) {
  return (
    <EntryList {...props} noun="catch" fresh={(keys) => ({ key: unusedKey('catch', keys), label: '' })}>
      {(entry, change, path) => (
        <>
          <LabelAndKey entry={entry} change={change} path={path} />
          <CodesInput entry={entry} change={change} path={path} />
        </>
      )}
    </EntryList>
  );
}

function CodesInput({ entry, change, path }: { entry: JsonObject; change: (entry: JsonObject) => void; path: string }) {
  const problem = useFieldProblem(`${path}.codes`);
  const codes = Array.isArray(entry['codes']) ? entry['codes'].filter((code): code is string => typeof code === 'string') : [];
  const [text, setText] = useState(codes.join(', '));
  return (
    <TextInput
      size="sm"
      aria-label={`${nameOf(entry)}: error codes`}
      placeholder="Any error, or codes: Declined, Timeout"
      value={text}
      error={problem}
      onChange={(event) => {
        setText(event.currentTarget.value);
        const next = event.currentTarget.value
          .split(',')
          .map((code) => code.trim())
          .filter(Boolean);
        const { codes: _before, ...rest } = entry;
        change(next.length === 0 ? rest : { ...rest, codes: next });
      }}
    />
  );
}

/** A key names a port, and edges hang on it: it changes when it is finished, not with every letter. */
function LabelAndKey({ entry, change, path }: { entry: JsonObject; change: (entry: JsonObject) => void; path: string }) {
  const keyProblem = useFieldProblem(`${path}.key`);
  const labelProblem = useFieldProblem(`${path}.label`);
  const key = textOf(entry['key']);
  const isFirst = path.endsWith('.0');
  const [typed, setTyped] = useState<string | null>(null);
  const commit = (): void => {
    if (typed !== null && typed !== '' && typed !== key) change({ ...entry, key: typed });
    setTyped(null);
  };
  return (
    <div className="ds-pair">
      {isFirst ? (
        <>
          <span className="ds-caption" aria-hidden="true">
            Label
          </span>
          <span className="ds-caption" aria-hidden="true">
            Key in expressions
          </span>
        </>
      ) : null}
      <TextInput
        size="sm"
        aria-label="Label"
        placeholder="Label"
        value={textOf(entry['label'])}
        error={labelProblem}
        onChange={(event) => change({ ...entry, label: event.currentTarget.value })}
        onBlur={() => {
          const slug = textOf(entry['label'])
            .toLowerCase()
            .replace(/[^a-z0-9]+/g, '_')
            .replace(/^[_\d]+|_+$/g, '')
            .slice(0, 40);
          if (/^(case|outcome|catch)_\d+$/.test(key) && slug !== '') change({ ...entry, key: slug });
        }}
      />
      <TextInput
        size="sm"
        aria-label="Key"
        placeholder="key"
        value={typed ?? key}
        error={keyProblem}
        styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
    </div>
  );
}

export function EntryList({
  field,
  path,
  value,
  onChange,
  noun,
  fresh,
  children,
}: FieldProps & {
  noun: string;
  fresh(keys: ReadonlySet<string>): JsonObject;
  children(entry: JsonObject, change: (entry: JsonObject) => void, path: string): ReactNode;
}) {
  const entries = Array.isArray(value)
    ? value.filter((entry): entry is JsonObject => typeof entry === 'object' && entry !== null && !Array.isArray(entry))
    : [];
  const own = useInspector().problems.find((problem) => problem.field === path);
  const replace = (i: number, entry: JsonObject): void => onChange(entries.map((old, at) => (at === i ? entry : old)));
  const swap = (i: number, j: number): void => {
    const next = [...entries];
    const [moved] = next.splice(i, 1);
    if (moved) next.splice(j, 0, moved);
    onChange(next);
  };
  return (
    <Labelled label={field.label} help={field.help} problem={own?.detail}>
      <div className="ds-entries">
        {entries.map((entry, i) => (
          // Entries have no identity of their own: their place is it, and moving one moves its text with it.
          <div
            key={i}
            className="ds-entry"
            role="group"
            aria-label={`${capital(noun)} ${i + 1}: ${nameOf(entry)}`}
            onKeyDown={(event) => {
              const to = event.key === 'ArrowUp' ? i - 1 : event.key === 'ArrowDown' ? i + 1 : -1;
              if (!event.altKey || to < 0 || to >= entries.length) return;
              event.preventDefault();
              swap(i, to);
            }}
          >
            <div className="ds-entry-fields">{children(entry, (next) => replace(i, next), `${path}.${i}`)}</div>
            <div className="ds-entry-tools">
              <Button
                look="ghost"
                size="sm"
                icon={<IconChevronUp className="ic" aria-hidden="true" />}
                aria-label={`Move ${nameOf(entry)} up`}
                refusal={i === 0 ? 'It is the first.' : null}
                onClick={() => swap(i, i - 1)}
              />
              <Button
                look="ghost"
                size="sm"
                icon={<IconChevronDown className="ic" aria-hidden="true" />}
                aria-label={`Move ${nameOf(entry)} down`}
                refusal={i === entries.length - 1 ? 'It is the last.' : null}
                onClick={() => swap(i, i + 1)}
              />
              <Button
                look="ghost"
                size="sm"
                icon={<IconX className="ic" aria-hidden="true" />}
                aria-label={`Remove ${nameOf(entry)}`}
                onClick={() => onChange(entries.filter((_entry, at) => at !== i))}
              />
            </div>
          </div>
        ))}
      </div>
      <Button
        look="ghost"
        size="sm"
        icon={<IconPlus className="ic" aria-hidden="true" />}
        onClick={() => onChange([...entries, fresh(new Set(entries.map((entry) => textOf(entry['key']))))])}
      >
        {`Add ${noun}`}
      </Button>
    </Labelled>
  );
}

interface NamedValue {
  name: string;
  value: Json;
}

/** Names and values: headers, query parameters, variables. Each value is a text or an expression. Enter goes on to the next, and adds one at the end. */
export function KeyValuesField({ field, path, value, onChange }: FieldProps) {
  const problem = useInspector().problems.find((one) => one.field === path);
  const [rows, setRows] = useState<NamedValue[]>(() => rowsOf(value));
  const [sent, setSent] = useState(() => JSON.stringify(value));
  const list = useRef<HTMLDivElement>(null);
  if (JSON.stringify(value) !== sent) {
    setSent(JSON.stringify(value));
    setRows(rowsOf(value));
  }
  const put = (next: NamedValue[]): void => {
    setRows(next);
    const named = next.filter(({ name }) => name !== '');
    const record = Object.fromEntries(named.map((row) => [row.name, row.value]));
    const result = named.length === 0 && !field.required ? undefined : record;
    setSent(JSON.stringify(result));
    onChange(result);
  };
  const focusName = (at: number): void => {
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>('[data-row-name]')[at]?.focus());
  };
  const add = (): void => {
    setRows([...rows, { name: '', value: '' }]);
    focusName(rows.length);
  };
  return (
    <Labelled label={field.label} help={field.help} problem={problem?.detail}>
      <div className="ds-entries" ref={list}>
        {rows.map((row, i) => (
          // Rows have no identity of their own: a name may be empty, or still be the same as another.
          <KeyValueRow
            key={i}
            row={row}
            number={i + 1}
            problem={
              rows.some((other, at) => at < i && row.name !== '' && other.name === row.name) ? 'This name stands above already.' : undefined
            }
            onChange={(next) => put(rows.map((old, at) => (at === i ? { ...old, ...next } : old)))}
            onRemove={() => {
              put(rows.filter((_row, at) => at !== i));
              focusName(Math.max(0, i - 1));
            }}
            onNext={() => (i === rows.length - 1 ? add() : focusName(i + 1))}
          />
        ))}
      </div>
      <Button look="ghost" size="sm" icon={<IconPlus className="ic" aria-hidden="true" />} onClick={add}>
        {`Add to ${field.label.toLowerCase()}`}
      </Button>
    </Labelled>
  );
}

function KeyValueRow({
  row,
  number,
  problem,
  onChange,
  onRemove,
  onNext,
}: {
  row: NamedValue;
  number: number;
  problem: string | undefined;
  onChange(change: Partial<NamedValue>): void;
  onRemove(): void;
  onNext(): void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const text = typeof row.value === 'string' ? row.value : JSON.stringify(row.value);
  const literal = useTextOrExpression(row.name || 'Value', row.value, (value) => onChange({ value }));
  return (
    <div className="ds-entry" role="group" aria-label={row.name || `Entry ${number}`} {...literal.around}>
      <div className="ds-entry-fields">
        <div className="row g6">
          <TextInput
            className="grow"
            size="sm"
            aria-label="Name"
            placeholder="name"
            data-row-name
            value={row.name}
            error={problem}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
            onKeyDown={(event) => {
              if (event.key === 'Enter') input.current?.focus();
              if (event.key === 'Backspace' && row.name === '' && text === '') {
                event.preventDefault();
                onRemove();
              }
            }}
            styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
          />
          {literal.switcher}
        </div>
        {isExpression(row.value) ? (
          <ExpressionEditor
            label={`Value of ${row.name || 'this entry'}`}
            value={row.value.expr}
            numbered={false}
            autoFocus={literal.isNew}
            onChange={(expr) => onChange({ value: { expr } })}
          />
        ) : (
          <TextInput
            size="sm"
            ref={input}
            aria-label="Value"
            placeholder="value"
            value={text}
            onFocus={() => literal.target((path) => literal.compute(pathInto(input.current, path)))}
            onKeyDown={(event) => {
              if (event.key === 'Enter') onNext();
            }}
            onChange={(event) => {
              const typed = event.currentTarget.value;
              if (asksForExpression(text, typed)) literal.compute('');
              else onChange({ value: typed });
            }}
          />
        )}
      </div>
      <div className="ds-entry-tools">
        <Button
          look="ghost"
          size="sm"
          icon={<IconX className="ic" aria-hidden="true" />}
          aria-label={`Remove ${row.name || 'entry'}`}
          onClick={onRemove}
        />
      </div>
    </div>
  );
}

/** A text, or an expression that begins as that text. */
export function useTextOrExpression(label: string, value: Json | undefined, onChange: (value: Json) => void): LiteralSwitch {
  const text = typeof value === 'string' ? value : '';
  const literal = useLiteralSwitch({
    label,
    literalWord: 'Text',
    value,
    onChange: (next) => onChange(next ?? ''),
    emptyLiteral: '',
    expressionOf: literalAsExpression,
    onPath: (path) => literal.compute(textWithPath(text, text.length, text.length, path)),
  });
  return literal;
}

/** The input's text with a path where its cursor was. */
export function pathInto(input: HTMLInputElement | HTMLTextAreaElement | null, path: string): string {
  const text = input?.value ?? '';
  const from = input?.selectionStart ?? text.length;
  return textWithPath(text, from, input?.selectionEnd ?? from, path);
}

function rowsOf(value: Json | undefined): NamedValue[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).map(([name, one]) => ({ name, value: one }))
    : [];
}

function unusedKey(base: string, keys: ReadonlySet<string>): string {
  for (let n = keys.size + 1; ; n += 1) if (!keys.has(`${base}_${n}`)) return `${base}_${n}`;
}

function nameOf(entry: JsonObject): string {
  return textOf(entry['label']) || textOf(entry['key']) || 'entry';
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
