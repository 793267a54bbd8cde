import { IconChevronDown } from '@tabler/icons-react';
import { NativeSelect, NumberInput, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { analyseExpression } from '@perdure/expressions';
import { isExpression, type Json, type JsonObject } from '@perdure/graph';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { Button } from '../components/button.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { CodeEditor } from './code-editor.tsx';
import { ExpressionEditor } from './expression-editor.tsx';
import { EntityOperationField, EntityTypeField, LocksField } from './entity-fields.tsx';
import { useFieldProblem, useInspector } from './inspector-context.ts';
import { Labelled, type FieldProps } from './labelled.tsx';
import { readJsonText } from './unfinished-json.ts';
import { literalAsExpression } from './literal-as-expression.ts';
import { SchemaSummary } from './schema/schema-summary.tsx';
import { TimeInput } from './time-input.tsx';
import { textWithPath } from './text-with-path.ts';
import { asksForExpression, useLiteralSwitch, type LiteralSwitch } from './use-literal-switch.tsx';
import { CasesField, CatchesField, KeyValuesField, OutcomesField, pathInto } from './list-fields.tsx';

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
    case 'duration':
      return (
        <TimeInput
          label={field.label}
          description={hint}
          value={typeof value === 'string' ? value : ''}
          placeholder={field.placeholder}
          error={problem}
          onChange={(text) => onChange(text === '' && !field.required ? undefined : text)}
        />
      );
    case 'text':
      return (
        <TextInput
          size="sm"
          label={field.label}
          description={hint}
          value={typeof value === 'string' ? value : ''}
          placeholder={field.placeholder ?? field.absent ?? ''}
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
          <ExpressionEditor
            label={field.label}
            value={typeof value === 'string' ? value : ''}
            onChange={onChange}
            problem={problem}
            expects="condition"
          />
        </Labelled>
      );
    case 'value':
      return <ValueField {...props} problem={problem} />;
    case 'entityType':
      return <EntityTypeField {...props} problem={problem} hint={hint} />;
    case 'entityOperation':
      return <EntityOperationField {...props} problem={problem} hint={hint} />;
    case 'locks':
      return <LocksField {...props} />;
    case 'json':
      return (
        <Labelled label={field.label} help={hint}>
          <JsonInput
            label={field.label}
            path={path}
            value={value}
            onChange={onChange}
            problem={problem}
            placeholder={field.placeholder ?? '{ }'}
          />
        </Labelled>
      );
    case 'jsonSchema':
      return (
        <Labelled label={field.label} help={hint}>
          <SchemaSummary label={field.label} value={value} onChange={onChange}>
            <JsonInput
              label={field.label}
              path={path}
              value={value}
              onChange={onChange}
              problem={problem}
              placeholder={schemaPlaceholder}
            />
          </SchemaSummary>
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

/** A literal or an expression, with a switch between the two. Each side keeps its text while the field is shown. */
function ValueField({ field, path, value, onChange, problem }: FieldProps & { problem: string | undefined }) {
  const { unfinished, keepUnfinished } = useInspector();
  const isText = field.literal === undefined || field.literal === 'text' || field.literal === 'duration' || field.literal === 'moment';
  const hint = field.help ?? (field.absent && !field.required ? `Left empty: ${field.absent}` : undefined);
  const literal = useLiteralSwitch({
    label: field.label,
    ...(field.literal === 'json' && { literalWord: 'JSON' }),
    value,
    onChange: (next) => {
      if (isExpression(next)) keepUnfinished(path, null);
      onChange(next);
    },
    emptyLiteral: field.required && field.literal === 'text' ? '' : undefined,
    // Text that is no JSON goes along: it may have been meant as an expression all the time.
    expressionOf: (given) => unfinished(path) ?? literalAsExpression(given),
    onPath: (picked) =>
      literal.compute(isText && typeof value === 'string' ? textWithPath(value, value.length, value.length, picked) : picked),
  });
  return (
    <Labelled label={field.label} help={hint} side={literal.switcher} {...literal.around}>
      {isExpression(value) ? (
        <ExpressionEditor
          label={field.label}
          value={value.expr}
          onChange={(expr) => onChange({ expr })}
          problem={problem}
          expects={field.literal}
          autoFocus={literal.isNew}
          placeholder={field.literal === 'list' ? 'input.items' : 'input.id'}
        />
      ) : (
        <LiteralInput field={field} path={path} value={value} onChange={onChange} problem={problem} literal={literal} />
      )}
    </Labelled>
  );
}

function LiteralInput({
  field,
  path,
  value,
  onChange,
  problem,
  literal,
}: FieldProps & { problem: string | undefined; literal: LiteralSwitch }) {
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const type = (text: string): void => {
    if (asksForExpression(textOf(value), text)) literal.compute('');
    else onChange(text === '' && !field.required ? undefined : text);
  };
  /** Where the cursor was in the text. */
  const takePaths = (): void => literal.target((picked) => literal.compute(pathInto(input.current, picked)));
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
          onFocus={() => literal.target(literal.compute)}
          onKeyDown={(event) => {
            if (event.key !== '=' || event.currentTarget.value !== '') return;
            event.preventDefault();
            literal.compute('');
          }}
          onChange={(next) => onChange(next === '' || typeof next === 'string' ? undefined : next)}
        />
      );
    case 'json':
    case 'list': {
      const texts = field.ofTexts === true ? textsOf(value) : null;
      return texts === null ? (
        <JsonInput
          label={field.label}
          path={path}
          value={value}
          onChange={onChange}
          problem={problem}
          literal={literal}
          placeholder={field.literal === 'list' ? '["finance"]' : '{ }'}
        />
      ) : (
        <TagsInput
          size="sm"
          aria-label={field.label}
          value={texts}
          placeholder={texts.length === 0 ? (field.absent ?? '') : ''}
          error={problem}
          onFocus={() => literal.target(literal.compute)}
          onSearchChange={(typed) => {
            if (texts.length === 0 && asksForExpression('', typed)) literal.compute('');
          }}
          onChange={(next) => onChange(next.length === 0 && !field.required ? undefined : next)}
        />
      );
    }
    case 'boolean':
      return (
        <Switch
          size="xs"
          withThumbIndicator={false}
          aria-label={field.label}
          checked={value === true}
          onFocus={() => literal.target(literal.compute)}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'duration':
    case 'moment':
      return (
        <TimeInput
          hideLabel
          label={field.label}
          inputRef={input}
          value={typeof value === 'string' || typeof value === 'number' ? String(value) : ''}
          orMoment={field.literal === 'moment' || field.orMoment === true}
          placeholder={field.placeholder}
          error={problem}
          onFocus={takePaths}
          onChange={type}
        />
      );
    default:
      return field.lines === true ? (
        <Textarea
          size="sm"
          ref={input}
          aria-label={field.label}
          autosize
          minRows={2}
          maxRows={10}
          value={typeof value === 'string' || typeof value === 'number' ? String(value) : ''}
          placeholder={field.placeholder ?? ''}
          error={problem}
          onFocus={takePaths}
          onChange={(event) => type(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          size="sm"
          ref={input}
          aria-label={field.label}
          value={typeof value === 'string' || typeof value === 'number' ? String(value) : ''}
          placeholder={field.placeholder ?? ''}
          error={problem}
          {...(field.placeholder?.startsWith('http') && { styles: { input: { fontFamily: 'var(--mono)', fontSize: 12 } } })}
          onFocus={takePaths}
          onChange={(event) => type(event.currentTarget.value)}
        />
      );
  }
}

/** JSON as text. The config only changes when the text is JSON; what is not JSON yet is kept beside the document, as a problem. */
function JsonInput({
  label,
  path,
  value,
  onChange,
  problem,
  placeholder,
  literal,
}: {
  label: string;
  path: string;
  value: Json | undefined;
  onChange(value: Json | undefined): void;
  problem: string | undefined;
  placeholder: string;
  /** Where the field may be an expression instead. */
  literal?: LiteralSwitch;
}) {
  const { unfinished, keepUnfinished, leave } = useInspector();
  const [text, setText] = useState(() => unfinished(path) ?? textOf(value));
  const sent = useRef(value);
  const id = useId();
  useEffect(() => {
    // Undo, redo and renames change the value from outside.
    if (JSON.stringify(value) === JSON.stringify(sent.current)) return;
    sent.current = value;
    setText(textOf(value));
    keepUnfinished(path, null);
  }, [keepUnfinished, path, value]);
  const read = useMemo(() => readJsonText(text), [text]);
  const message = read.ok ? problem : read.message;
  const isExpressionText = useMemo(() => literal !== undefined && !read.ok && analyseExpression(text).ok, [literal, read, text]);
  return (
    <div className={`ds-expression ${message ? 'invalid' : ''}`}>
      <CodeEditor
        language="json"
        label={label}
        value={text}
        placeholder={placeholder}
        invalid={message !== undefined}
        describedBy={message === undefined ? undefined : id}
        onEscape={leave}
        {...(literal && {
          onFocus: (view) =>
            literal.target((picked) => {
              // Alone it is the whole value; inside JSON it is an expression within the literal.
              if (view.state.doc.toString().trim() === '') return literal.compute(picked);
              view.dispatch(view.state.replaceSelection(JSON.stringify({ expr: picked })));
              view.focus();
            }),
        })}
        onChange={(next) => {
          if (literal && asksForExpression(text, next)) return literal.compute('');
          setText(next);
          const typed = readJsonText(next);
          keepUnfinished(path, typed.ok ? null : next);
          if (!typed.ok || JSON.stringify(typed.value) === JSON.stringify(sent.current)) return;
          sent.current = typed.value;
          onChange(typed.value);
        }}
      />
      {message === undefined ? null : (
        <div className="ds-fault" id={id}>
          <StatusIcon shape="error" size={13} />
          <span className="grow">{read.ok ? message : `Not stored. ${message}`}</span>
          {isExpressionText ? (
            <Button size="sm" onClick={() => literal?.compute(text)}>
              Use as expression
            </Button>
          ) : null}
        </div>
      )}
    </div>
  );
}

/** A list of texts, or one alone; null where it holds something else, which only JSON shows. */
function textsOf(value: Json | undefined): string[] | null {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  return list.every((one) => typeof one === 'string') ? list : null;
}

function textOf(value: Json | undefined): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}

export function changeField(config: JsonObject, name: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...config, [name]: value };
  const { [name]: _removed, ...rest } = config;
  return rest;
}
