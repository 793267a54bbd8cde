import { NativeSelect, TextInput } from '@mantine/core';
import { IconChevronDown, IconPlus, IconX } from '@tabler/icons-react';
import {
  conditionSource,
  pathSource,
  readCondition,
  readPathText,
  type Condition,
  type ConditionGroup,
  type ConditionRow,
  type DataPath,
  type Literal,
  type Moment,
  type Operand,
} from '@perdure/expressions';
import { useId, useMemo, useRef, useState } from 'react';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { freshRow, operatorsFor, rowFault, withOperator, type RowOperator } from './condition-rows.ts';
import { DataTree } from './data-tree.tsx';
import type { DataRoot, ExpressionData } from './expression-data.ts';
import { ExpressionPreview } from './expression-preview.tsx';
import { useInspector } from './inspector-context.ts';
import { PreviewSourceMenu } from './preview-source-menu.tsx';
import { suggestPaths, valueAtPath } from './suggest-paths.ts';

/** A condition from rows and groups. What it writes is JSONata; what has no rows stays an expression, and says why. */
export function ConditionDialog({
  label,
  value,
  onUse,
  onClose,
}: {
  label: string;
  value: string;
  onUse(value: string): void;
  onClose(): void;
}) {
  const { data } = useInspector();
  const read = useMemo(() => readCondition(value), [value]);
  const [group, setGroup] = useState<ConditionGroup>(() => (read.ok && read.condition.parts.length > 0 ? read.condition : begun));
  const [anew, setAnew] = useState(false);
  /** The row whose value a click in the tree gives. */
  const pick = useRef<((path: DataPath) => void) | null>(null);
  const fault = firstFault(group);
  const source = fault === null ? conditionSource(group) : null;
  if (!read.ok && !anew) {
    return (
      <Dialog opened onClose={onClose} title={label} action="Begin anew" size={480} onAction={() => setAnew(true)}>
        <p>This expression cannot be shown as rows, so it stays as it is written.</p>
        <p className="t2">{read.reason}</p>
        <pre className="code ds-source-shown">{value}</pre>
      </Dialog>
    );
  }
  return (
    <Dialog
      opened
      onClose={onClose}
      title={label}
      action="Use"
      size={980}
      refusal={fault}
      onAction={() => {
        if (source === null) return;
        onUse(source);
        onClose();
      }}
    >
      <div className="ds-large">
        <div className="ds-conditions">
          <GroupEditor group={group} data={data} pick={pick} onChange={(next) => setGroup(next ?? begun)} isOutermost />
          <div className="ds-as-expression">
            <div className="label">As an expression</div>
            <div className="ds-expression focus">
              <pre className="code ds-source-shown" aria-label="As an expression">
                {source ?? 'Fill in the rows above.'}
              </pre>
              {source !== null && data.hasValues ? <ExpressionPreview source={source} scope={data.scope} expects="condition" /> : null}
            </div>
          </div>
        </div>
        <DataTree
          tall
          roots={data.roots}
          side={<PreviewSourceMenu />}
          onInsert={(text) => {
            const path = readPathText(text);
            if (path) pick.current?.(path);
          }}
        />
      </div>
    </Dialog>
  );
}

const begun: ConditionGroup = { kind: 'group', join: 'and', parts: [freshRow] };

type Pick = { current: ((path: DataPath) => void) | null };

function GroupEditor({
  group,
  data,
  pick,
  onChange,
  isOutermost = false,
}: {
  group: ConditionGroup;
  data: ExpressionData;
  pick: Pick;
  /** Null: nothing is left of it. */
  onChange(group: ConditionGroup | null): void;
  isOutermost?: boolean;
}) {
  const replace = (at: number, part: Condition | null): void => {
    const parts = group.parts.flatMap((old, i) => (i === at ? (part === null ? [] : [part]) : [old]));
    onChange(parts.length === 0 ? null : { ...group, parts });
  };
  const add = (part: Condition): void => onChange({ ...group, parts: [...group.parts, part] });
  return (
    <div
      className={`ds-condition-group ${isOutermost ? 'outermost' : ''}`}
      role="group"
      aria-label={isOutermost ? 'Conditions' : 'Group of conditions'}
    >
      {group.parts.length > 1 || !isOutermost ? (
        <div className="row g6">
          <span className="seg ds-seg" role="group" aria-label="How the rows are joined">
            {(['and', 'or'] as const).map((join) => (
              <button key={join} type="button" aria-pressed={group.join === join} onClick={() => onChange({ ...group, join })}>
                {join === 'and' ? 'All hold' : 'Any holds'}
              </button>
            ))}
          </span>
        </div>
      ) : null}
      {group.parts.map((part, at) =>
        part.kind === 'group' ? (
          // Parts have no identity of their own: their place is it.
          <GroupEditor key={at} group={part} data={data} pick={pick} onChange={(next) => replace(at, next)} />
        ) : (
          <RowEditor
            key={at}
            row={part}
            number={at + 1}
            data={data}
            pick={pick}
            onChange={(next) => replace(at, next)}
            onRemove={() => replace(at, null)}
          />
        ),
      )}
      <div className="row g6">
        <Button size="sm" look="ghost" icon={<IconPlus className="ic" aria-hidden="true" />} onClick={() => add(freshRow)}>
          Add condition
        </Button>
        <Button
          size="sm"
          look="ghost"
          icon={<IconPlus className="ic" aria-hidden="true" />}
          onClick={() => add({ kind: 'group', join: group.join === 'and' ? 'or' : 'and', parts: [freshRow, freshRow] })}
        >
          Add group
        </Button>
      </div>
    </div>
  );
}

function RowEditor({
  row,
  number,
  data,
  pick,
  onChange,
  onRemove,
}: {
  row: ConditionRow;
  number: number;
  data: ExpressionData;
  pick: Pick;
  onChange(row: ConditionRow): void;
  onRemove(): void;
}) {
  const value = row.left.length === 0 ? undefined : valueAtPath(data, row.left);
  const operators = operatorsFor(value);
  const current = operators.find((one) => one.matches(row));
  // What the data does not suggest but the condition says stays selectable.
  const shown = current ? operators : [...operators, ...operatorsFor(undefined).filter((one) => one.matches(row))];
  const chosen: RowOperator | undefined = shown.find((one) => one.matches(row));
  return (
    <div className="ds-condition-row" role="group" aria-label={`Condition ${number}`}>
      <PathInput
        label="Value"
        path={row.left}
        roots={data.roots}
        onChange={(left) => onChange({ ...row, left })}
        onFocus={() => {
          pick.current = (left) => onChange({ ...row, left });
        }}
      />
      <NativeSelect
        size="sm"
        aria-label="Test"
        rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
        data={shown.map(({ key, label }) => ({ value: key, label }))}
        value={chosen?.key ?? ''}
        onChange={(event) => {
          const next = shown.find(({ key }) => key === event.currentTarget.value);
          if (next) onChange(withOperator(row, next, value));
        }}
      />
      <Operands row={row} data={data} pick={pick} onChange={onChange} />
      <Button
        look="ghost"
        size="sm"
        icon={<IconX className="ic" aria-hidden="true" />}
        aria-label={`Remove condition ${number}`}
        onClick={onRemove}
      />
    </div>
  );
}

function Operands({
  row,
  data,
  pick,
  onChange,
}: {
  row: ConditionRow;
  data: ExpressionData;
  pick: Pick;
  onChange(row: ConditionRow): void;
}) {
  switch (row.operator) {
    case 'equals':
    case 'differs':
    case 'less':
    case 'lessOrEqual':
    case 'greater':
    case 'greaterOrEqual':
      return <OperandInput operand={row.right} roots={data.roots} pick={pick} onChange={(right) => onChange({ ...row, right })} />;
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return (
        <TextInput
          size="sm"
          className="grow"
          aria-label="Text"
          value={row.text}
          onChange={(event) => onChange({ ...row, text: event.currentTarget.value })}
        />
      );
    case 'matches':
      return (
        <TextInput
          size="sm"
          className="grow"
          aria-label="Pattern"
          placeholder="^[A-Z]{2}\d+$"
          value={row.pattern}
          styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
          onChange={(event) => onChange({ ...row, pattern: event.currentTarget.value })}
        />
      );
    case 'exists':
    case 'empty':
      return <span className="grow" />;
    case 'oneOf':
      return row.right.kind === 'path' ? (
        <PathInput
          label="List"
          path={row.right.path}
          roots={data.roots}
          onChange={(path) => onChange({ ...row, right: { kind: 'path', path } })}
          onFocus={() => {
            pick.current = (path) => onChange({ ...row, right: { kind: 'path', path } });
          }}
        />
      ) : (
        <ValuesInput values={row.right.values} onChange={(values) => onChange({ ...row, right: { kind: 'list', values } })} />
      );
    case 'hasItem':
      return <LiteralInput label="Item" value={row.value} onChange={(value) => onChange({ ...row, value })} />;
    case 'before':
    case 'from':
      return <MomentInput label="Moment" moment={row.moment} onChange={(moment) => onChange({ ...row, moment })} />;
    case 'between':
      return (
        <>
          <MomentInput label="From" moment={row.from} onChange={(from) => onChange({ ...row, from })} />
          <MomentInput label="To" moment={row.to} onChange={(to) => onChange({ ...row, to })} />
        </>
      );
  }
}

/** A place in the data, typed with what exists offered, or picked from the tree. */
function PathInput({
  label,
  path,
  roots,
  onChange,
  onFocus,
}: {
  label: string;
  path: DataPath;
  roots: readonly DataRoot[];
  onChange(path: DataPath): void;
  onFocus(): void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const id = useId();
  const known = useMemo(() => suggestPaths(roots), [roots]);
  const text = typed ?? pathSource(path);
  return (
    <div className="grow">
      <TextInput
        size="sm"
        aria-label={label}
        placeholder="Pick from the data, or type"
        list={id}
        value={text}
        error={typed !== null && typed !== '' && readPathText(typed) === null ? 'Not a place in the data' : undefined}
        styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
        onFocus={onFocus}
        onChange={(event) => {
          const next = event.currentTarget.value;
          setTyped(next);
          const read = readPathText(next);
          if (read || next === '') onChange(read ?? []);
        }}
        onBlur={() => {
          if (typed === '' || (typed !== null && readPathText(typed))) setTyped(null);
        }}
      />
      <datalist id={id}>
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </div>
  );
}

function OperandInput({
  operand,
  roots,
  pick,
  onChange,
}: {
  operand: Operand;
  roots: readonly DataRoot[];
  pick: Pick;
  onChange(operand: Operand): void;
}) {
  return (
    <span className="row g4 grow">
      {operand.kind === 'path' ? (
        <PathInput
          label="Compared with"
          path={operand.path}
          roots={roots}
          onChange={(path) => onChange({ kind: 'path', path })}
          onFocus={() => {
            pick.current = (path) => onChange({ kind: 'path', path });
          }}
        />
      ) : (
        <LiteralInput label="Compared with" value={operand.value} onChange={(value) => onChange({ kind: 'literal', value })} />
      )}
      <NativeSelect
        size="sm"
        w={94}
        aria-label="Kind of value"
        rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
        data={['Text', 'Number', 'Yes/no', 'Null', 'Data']}
        value={operand.kind === 'path' ? 'Data' : kindOf(operand.value)}
        onChange={(event) => onChange(operandOfKind(event.currentTarget.value, operand))}
      />
    </span>
  );
}

function kindOf(value: Literal): 'Text' | 'Number' | 'Yes/no' | 'Null' {
  if (value === null) return 'Null';
  return typeof value === 'number' ? 'Number' : typeof value === 'boolean' ? 'Yes/no' : 'Text';
}

function operandOfKind(kind: string, before: Operand): Operand {
  const text = before.kind === 'literal' && before.value !== null ? String(before.value) : '';
  if (kind === 'Data') return { kind: 'path', path: [] };
  if (kind === 'Number') return { kind: 'literal', value: Number.isFinite(Number(text)) ? Number(text) : 0 };
  if (kind === 'Yes/no') return { kind: 'literal', value: true };
  return { kind: 'literal', value: kind === 'Null' ? null : text };
}

function LiteralInput({ label, value, onChange }: { label: string; value: Literal; onChange(value: Literal): void }) {
  const [typed, setTyped] = useState<string | null>(null);
  if (value === null) return <span className="grow t3 mono s12">null</span>;
  if (typeof value === 'boolean')
    return (
      <NativeSelect
        size="sm"
        className="grow"
        aria-label={label}
        rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
        data={['true', 'false']}
        value={String(value)}
        onChange={(event) => onChange(event.currentTarget.value === 'true')}
      />
    );
  if (typeof value === 'string')
    return (
      <TextInput size="sm" className="grow" aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    );
  return (
    <TextInput
      size="sm"
      className="grow"
      inputMode="decimal"
      aria-label={label}
      value={typed ?? String(value)}
      error={typed !== null && !isNumber(typed) ? 'A number' : undefined}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setTyped(next);
        if (isNumber(next)) onChange(Number(next));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

/** Several fixed values, comma by comma; what is a number, true, false or null is one. */
function ValuesInput({ values, onChange }: { values: readonly Literal[]; onChange(values: Literal[]): void }) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      size="sm"
      className="grow"
      aria-label="Values, separated by commas"
      placeholder="gold, silver"
      value={typed ?? values.map(literalText).join(', ')}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(
          event.currentTarget.value
            .split(',')
            .map((one) => one.trim())
            .filter(Boolean)
            .map(readLiteral),
        );
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

function literalText(value: Literal): string {
  return typeof value === 'string' && readLiteral(value) === value && !value.includes(',') ? value : JSON.stringify(value);
}

function readLiteral(text: string): Literal {
  if (isNumber(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(text);
  if (!quoted) return text;
  try {
    return JSON.parse(text) as string; // it is one text in quotes
  } catch {
    return text;
  }
}

function MomentInput({ label, moment, onChange }: { label: string; moment: Moment; onChange(moment: Moment): void }) {
  if (moment.kind === 'path')
    return (
      <TextInput
        size="sm"
        className="grow"
        aria-label={label}
        value={pathSource(moment.path)}
        onChange={(event) => {
          const path = readPathText(event.currentTarget.value);
          onChange(path ? { kind: 'path', path } : { kind: 'text', text: event.currentTarget.value });
        }}
      />
    );
  return (
    <span className="row g4 grow">
      {moment.kind === 'now' ? (
        <span className="grow t3 s12">the moment it is tested</span>
      ) : (
        <input
          type={moment.text === '' || /^\d{4}-\d{2}-\d{2}$/.test(moment.text) ? 'date' : 'text'}
          className="ds-date grow"
          aria-label={label}
          value={moment.text}
          onChange={(event) => onChange({ kind: 'text', text: event.currentTarget.value })}
        />
      )}
      <Button
        size="sm"
        look="ghost"
        pressed={moment.kind === 'now'}
        onClick={() => onChange(moment.kind === 'now' ? { kind: 'text', text: '' } : { kind: 'now' })}
      >
        Now
      </Button>
    </span>
  );
}

function firstFault(group: ConditionGroup): string | null {
  for (const part of group.parts) {
    const fault = part.kind === 'group' ? firstFault(part) : rowFault(part);
    if (fault !== null) return fault;
  }
  return null;
}
