import { IconChevronDown } from '@tabler/icons-react';
import { NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import { isExpression, parseDuration, parseJson, type Field, type Json, type JsonObject } from '@perdure/graph';
import { useEffect, useId, useRef, useState } from 'react';
import { CodeEditor } from './code-editor.tsx';
import { ExpressionEditor } from './expression-editor.tsx';
import { useFieldProblem, useInspector } from './inspector-context.ts';
import { Labelled, type FieldProps } from './labelled.tsx';
import { CasesField, CatchesField, KeyValuesField, OutcomesField } from './list-fields.tsx';

/** One field of a node's config, by the widget its schema names. */
export function ConfigField(props: FieldProps) {
  const { field, path } = props;
  const { node } = useInspector();
  if (field.when && !field.when.is.includes(node.config[field.when.field] ?? null)) return null;
  return (
    <div className={`ds-field ${field.width ?? 'full'}`} data-field={path}>
      <Widget {...props} />
    </div>
  );
}

function Widget(props: FieldProps) {
  const { field, path, value, onChange } = props;
  const problem = useFieldProblem(path);
  const hint = field.help ?? (field.absent && !field.required ? `Left empty: ${field.absent}` : undefined);
  switch (field.widget) {
    case 'text':
    case 'duration':
      return (
        <TextInput
          size="sm"
          label={field.label}
          description={hint}
          value={typeof value === 'string' ? value : ''}
          placeholder={field.placeholder ?? (field.widget === 'duration' ? '30s, 5m, 2h, 1d' : (field.absent ?? ''))}
          error={problem}
          onChange={(event) => onChange(event.currentTarget.value === '' && !field.required ? undefined : event.currentTarget.value)}
        />
      );
    case 'number':
      return (
        <NumberInput
          size="sm"
          label={field.label}
          description={hint}
          value={typeof value === 'number' ? value : ''}
          placeholder={field.absent ?? ''}
          allowDecimal={false}
          hideControls
          error={problem}
          onChange={(next) => onChange(next === '' || typeof next === 'string' ? undefined : next)}
        />
      );
    case 'switch':
      return (
        <Switch
          size="xs"
          withThumbIndicator={false}
          label={field.label}
          description={field.help}
          checked={typeof value === 'boolean' ? value : field.absent === 'Yes'}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'select':
      return (
        <NativeSelect
          size="sm"
          rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
          label={field.label}
          description={field.help}
          data={(field.options ?? []).map((option) => ({ ...option }))}
          value={typeof value === 'string' ? value : ''}
          error={problem}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'expression':
      return (
        <Labelled label={field.label} help={field.help}>
          <ExpressionEditor label={field.label} value={typeof value === 'string' ? value : ''} onChange={onChange} problem={problem} />
        </Labelled>
      );
    case 'value':
      return <ValueField {...props} problem={problem} />;
    case 'json':
    case 'jsonSchema':
      return (
        <Labelled label={field.label} help={hint}>
          <JsonInput
            label={field.label}
            value={value}
            onChange={onChange}
            problem={problem}
            placeholder={field.widget === 'jsonSchema' ? schemaPlaceholder : (field.placeholder ?? '{ }')}
          />
        </Labelled>
      );
    case 'keyValues':
      return <KeyValuesField {...props} />;
    case 'cases':
      return <CasesField {...props} />;
    case 'outcomes':
      return <OutcomesField {...props} />;
    case 'catches':
      return <CatchesField {...props} />;
  }
}

const schemaPlaceholder = '{ "type": "object", "properties": … }';

/** A literal or an expression, with a switch between the two. The other side's text is kept while the field is shown. */
function ValueField({ field, value, onChange, problem }: FieldProps & { problem: string | undefined }) {
  const computed = isExpression(value);
  const kept = useRef<{ literal: Json | undefined; expr: string }>({ literal: undefined, expr: '' });
  const hint = field.help ?? (field.absent && !field.required ? `Left empty: ${field.absent}` : undefined);
  const toggle = (toExpression: boolean): void => {
    if (toExpression === computed) return;
    if (toExpression) {
      kept.current.literal = value;
      onChange({ expr: kept.current.expr || literalAsExpression(value) });
    } else {
      kept.current.expr = isExpression(value) ? value.expr : '';
      onChange(kept.current.literal ?? (field.required && field.literal === 'text' ? '' : undefined));
    }
  };
  return (
    <Labelled
      label={field.label}
      help={hint}
      side={
        <span className="seg ds-seg" role="group" aria-label={`${field.label}: how it is given`}>
          <button type="button" aria-pressed={!computed} onClick={() => toggle(false)}>
            Form
          </button>
          <button type="button" aria-pressed={computed} onClick={() => toggle(true)}>
            Expression
          </button>
        </span>
      }
    >
      {computed ? (
        <ExpressionEditor
          label={field.label}
          value={value.expr}
          onChange={(expr) => onChange({ expr })}
          problem={problem}
          placeholder={field.literal === 'list' ? 'input.items' : 'input.id'}
        />
      ) : (
        <LiteralInput field={field} value={value} onChange={onChange} problem={problem} />
      )}
    </Labelled>
  );
}

function LiteralInput({
  field,
  value,
  onChange,
  problem,
}: {
  field: Field;
  value: Json | undefined;
  onChange(value: Json | undefined): void;
  problem: string | undefined;
}) {
  const leave = (): void => onChange(field.required ? '' : undefined);
  switch (field.literal) {
    case 'number':
      return (
        <NumberInput
          size="sm"
          aria-label={field.label}
          value={typeof value === 'number' ? value : ''}
          placeholder={field.absent ?? ''}
          hideControls
          error={problem}
          onChange={(next) => onChange(next === '' || typeof next === 'string' ? undefined : next)}
        />
      );
    case 'json':
    case 'list':
      return (
        <JsonInput
          label={field.label}
          value={value}
          onChange={onChange}
          problem={problem}
          placeholder={field.literal === 'list' ? '["finance"]' : '{ }'}
        />
      );
    case 'boolean':
      return (
        <Switch
          size="xs"
          withThumbIndicator={false}
          aria-label={field.label}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    default: {
      const isDuration = field.literal === 'duration';
      return (
        <TextInput
          size="sm"
          aria-label={field.label}
          value={typeof value === 'string' || typeof value === 'number' ? String(value) : ''}
          placeholder={field.placeholder ?? (isDuration ? '30s, 5m, 2h, 1d' : field.literal === 'moment' ? '2030-01-31T12:00:00Z' : '')}
          error={problem}
          {...(field.placeholder?.startsWith('http') && { styles: { input: { fontFamily: 'var(--mono)', fontSize: 12 } } })}
          {...(isDuration && { rightSection: <DurationMark text={typeof value === 'string' ? value : ''} /> })}
          onChange={(event) => (event.currentTarget.value === '' ? leave() : onChange(event.currentTarget.value))}
        />
      );
    }
  }
}

function DurationMark({ text }: { text: string }) {
  return text !== '' && parseDuration(text) !== undefined ? <span className="t3 s11">✓</span> : null;
}

/** JSON as text. The config only changes when the text is JSON; what is being typed stays here meanwhile. */
function JsonInput({
  label,
  value,
  onChange,
  problem,
  placeholder,
}: {
  label: string;
  value: Json | undefined;
  onChange(value: Json | undefined): void;
  problem: string | undefined;
  placeholder: string;
}) {
  const [text, setText] = useState(() => textOf(value));
  const [fault, setFault] = useState<string | null>(null);
  const sent = useRef(value);
  const id = useId();
  useEffect(() => {
    // Undo, redo and renames change the value from outside.
    if (JSON.stringify(value) === JSON.stringify(sent.current)) return;
    sent.current = value;
    setText(textOf(value));
    setFault(null);
  }, [value]);
  const message = fault ?? problem;
  return (
    <div className={`ds-expression ${message ? 'invalid' : ''}`}>
      <CodeEditor
        language="json"
        label={label}
        value={text}
        placeholder={placeholder}
        describedBy={message === undefined ? undefined : id}
        onChange={(next) => {
          setText(next);
          if (next.trim() === '') {
            setFault(null);
            sent.current = undefined;
            onChange(undefined);
            return;
          }
          const read = readJsonText(next);
          setFault(read.ok ? null : read.message);
          if (!read.ok || JSON.stringify(read.value) === JSON.stringify(sent.current)) return;
          sent.current = read.value;
          onChange(read.value);
        }}
      />
      {message === undefined ? null : (
        <div className="ds-fault" id={id}>
          <span>{message}</span>
        </div>
      )}
    </div>
  );
}

function readJsonText(text: string): { ok: true; value: Json } | { ok: false; message: string } {
  const read = parseJson(text);
  return read.ok ? { ok: true, value: read.value } : { ok: false, message: `Line ${read.line}: ${read.message}` };
}

function textOf(value: Json | undefined): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}

/** A literal reads the same as JSONata: JSON is a part of that language. */
function literalAsExpression(value: Json | undefined): string {
  return value === undefined || value === '' ? '' : JSON.stringify(value, null, 2);
}

export function changeField(config: JsonObject, name: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...config, [name]: value };
  const { [name]: _removed, ...rest } = config;
  return rest;
}
