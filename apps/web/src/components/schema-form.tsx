import { withTheme, type default as Form } from '@rjsf/core';
import { Theme } from '@rjsf/mantine';
import type {
  ArrayFieldItemTemplateProps,
  ArrayFieldTemplateProps,
  ErrorSchema,
  ObjectFieldTemplateProps,
  RJSFSchema,
  UiSchema,
  WidgetProps,
} from '@rjsf/utils';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useEffect, useImperativeHandle, useMemo, useRef, type Ref } from 'react';
import type { Json } from '@perdure/graph';
import { Button } from './button.tsx';
import { isMoneyKey } from './number-words.ts';
import { schemaValidator } from './schema-validator.ts';
import './schema-form.css';

const MantineForm = withTheme<unknown>(Theme);

/** Up to this many options stand side by side as radio cards; more go into a select. */
const MOST_RADIOS = 3;

/** Of several constants none is chosen until somebody does. */
const NOT_CHOSEN = { constAsDefaults: 'skipOneOf' } as const;

export interface SchemaFormHandle {
  /** Shows every problem at its field, moves to the first, and says whether there was none. */
  check: () => boolean;
}

interface SchemaFormProps {
  schema: Json;
  value: Json | undefined;
  onChange: (value: Json) => void;
  readOnly?: boolean;
  label: string;
  handle?: Ref<SchemaFormHandle>;
  id: string;
  /** What the server says is wrong, by the path of the field. */
  problems?: readonly { field: string; message: string }[];
}

/** A form generated from a JSON Schema. Its own chunk: only dialogs and tasks with a form load it. */
export function SchemaForm({ schema, value, onChange, readOnly = false, label, handle, id, problems }: SchemaFormProps) {
  // A workflow's schema is JSON checked by the server; rjsf reads what it knows of it.
  const formSchema = schema as RJSFSchema;
  const uiSchema = useMemo(() => layout(formSchema), [formSchema]);
  const form = useRef<Form<unknown>>(null);
  useImperativeHandle(handle, () => ({ check: () => form.current?.validateForm() ?? false }), []);
  const extraErrors = useMemo(() => errorsOf(problems ?? []), [problems]);
  useEffect(() => {
    const first = problems?.find(({ field }) => field !== '');
    if (first) focusField(id, first.field);
  }, [problems, id]);
  return (
    <div className="schema-form" role="group" aria-label={label}>
      <MantineForm
        ref={form}
        tagName="div"
        idPrefix={id}
        schema={formSchema}
        uiSchema={uiSchema}
        validator={schemaValidator}
        formData={value}
        onChange={(change) => onChange(change.formData as Json)} // rjsf keeps to JSON values
        readonly={readOnly}
        noHtml5Validate
        experimental_defaultFormStateBehavior={NOT_CHOSEN}
        showErrorList={false}
        extraErrors={extraErrors}
        focusOnFirstError={(error) => focusField(id, error.property ?? '')}
        onError={() => {}}
        templates={{
          ObjectFieldTemplate: FieldGrid,
          ArrayFieldTemplate: Entries,
          ArrayFieldItemTemplate: Entry,
          ButtonTemplates: { SubmitButton: () => null },
        }}
        widgets={{ RadioWidget: RadioCards }}
      >
        <span hidden />
      </MantineForm>
    </div>
  );
}

/** The tree rjsf wants them in: `lines.0.amount` → { lines: { 0: { amount: { __errors } } } }. */
function errorsOf(problems: readonly { field: string; message: string }[]): ErrorSchema<unknown> {
  const root: ErrorTree = {};
  for (const { field, message } of problems) {
    let at = root;
    for (const part of field.split('.').filter(Boolean)) at = at.fields?.get(part) ?? child(at, part);
    at.messages = [...(at.messages ?? []), message];
  }
  return schemaOf(root);
}

interface ErrorTree {
  messages?: string[];
  fields?: Map<string, ErrorTree>;
}

function child(tree: ErrorTree, part: string): ErrorTree {
  const made: ErrorTree = {};
  tree.fields ??= new Map();
  tree.fields.set(part, made);
  return made;
}

function schemaOf({ messages, fields }: ErrorTree): ErrorSchema<unknown> {
  const entries = [...(fields ?? [])].map(([part, tree]): [string, ErrorSchema<unknown>] => [part, schemaOf(tree)]);
  return { ...Object.fromEntries(entries), ...(messages ? { __errors: messages } : {}) };
}

/** rjsf's own way needs a <form>, which must not stand inside a dialog's. */
function focusField(id: string, property: string): void {
  const field = document.getElementById([id, ...property.split('.').filter(Boolean)].join('_'));
  const target = field?.matches('input, textarea, select') ? field : field?.querySelector<HTMLElement>('input, textarea, select, button');
  target?.focus();
}

/** Fields beside each other as wide as fits, long ones across. */
function FieldGrid({ title, description, properties, fieldPathId, schema }: ObjectFieldTemplateProps<unknown>) {
  const isRoot = fieldPathId.path.length === 0;
  const grid = (
    <div className="field-grid">
      {properties
        .filter((property) => !property.hidden)
        .map((property) => (
          <div key={property.name} className={isWide(schema.properties?.[property.name]) ? 'wide' : ''}>
            {property.content}
          </div>
        ))}
    </div>
  );
  if (isRoot)
    return (
      <>
        {description ? (
          <p className="t2" style={{ marginBottom: 10 }}>
            {description}
          </p>
        ) : null}
        {grid}
      </>
    );
  // rjsf calls an entry of a list `Items-1`.
  const entry = fieldPathId.path.at(-1);
  const legend = typeof entry === 'number' ? `Entry ${entry + 1}` : title;
  return (
    <fieldset id={fieldPathId.$id}>
      {legend ? <legend>{legend}</legend> : null}
      {grid}
    </fieldset>
  );
}

/** A list: its entries below each other, one button that adds. */
function Entries({ title, items, canAdd, onAddClick, disabled, readonly, fieldPathId }: ArrayFieldTemplateProps<unknown>) {
  return (
    <fieldset id={fieldPathId.$id}>
      {title ? <legend>{title}</legend> : null}
      <div className="items">
        {items}
        {canAdd ? (
          <div>
            <Button
              size="sm"
              icon={<IconPlus className="ic" stroke={1.8} />}
              refusal={disabled || readonly ? 'This cannot be changed now' : null}
              onClick={onAddClick}
            >
              Add
            </Button>
          </div>
        ) : null}
      </div>
    </fieldset>
  );
}

function Entry({ children, index, buttonsProps, disabled, readonly }: ArrayFieldItemTemplateProps<unknown>) {
  return (
    <div className="item">
      <div className="grow">{children}</div>
      {buttonsProps.hasRemove && !disabled && !readonly ? (
        <Button
          look="ghost"
          size="sm"
          icon={<IconX className="ic" stroke={1.8} />}
          aria-label={`Remove entry ${index + 1}`}
          onClick={buttonsProps.onRemoveItem}
        />
      ) : null}
    </div>
  );
}

/** Options as cards: all of them visible, one click each. */
function RadioCards({ id, label, hideLabel, required, disabled, readonly, value, options, onChange, rawErrors }: WidgetProps<unknown>) {
  const problem = rawErrors?.join(' ');
  return (
    <div
      role="radiogroup"
      aria-labelledby={`${id}-label`}
      aria-required={required}
      id={id}
      {...(problem ? { 'aria-describedby': `${id}-problem`, 'aria-invalid': true } : {})}
    >
      {hideLabel ? null : (
        <div className="label" id={`${id}-label`}>
          {label}
          {required ? <span className="required-word">required</span> : null}
        </div>
      )}
      <div className="radios">
        {options.enumOptions?.map((option, index) => (
          <label key={option.label} className="rad">
            <input
              type="radio"
              name={id}
              id={`${id}-${index}`}
              checked={option.value === value}
              disabled={disabled || readonly}
              onChange={() => onChange(option.value)}
            />
            <span>
              <span className="b5">{option.label}</span>
              {typeof option.schema?.description === 'string' ? <span className="s12 t3">{option.schema.description}</span> : null}
            </span>
          </label>
        ))}
      </div>
      {problem ? (
        <div className="problem" id={`${id}-problem`}>
          {problem}
        </div>
      ) : null}
    </div>
  );
}

/** What the schema does not say about looks: few options become cards, long texts a text area, sensitive ones dots. */
function layout(schema: RJSFSchema): UiSchema<unknown> {
  const ui: UiSchema<unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property === 'boolean') continue;
    if (property.type === 'object') ui[name] = layout(property);
    else if (isHidden(property)) ui[name] = { 'ui:widget': 'password' };
    else if (isShortChoice(property)) ui[name] = { 'ui:widget': 'radio' };
    else if (property.type === 'number' || property.type === 'integer') ui[name] = { 'ui:options': numberLooks(name, property) };
    else if (isLongText(property)) ui[name] = { 'ui:widget': 'textarea', 'ui:options': { rows: 3 } };
    else if (property.type === 'array' && typeof property.items === 'object' && !Array.isArray(property.items))
      ui[name] = { items: layout(property.items) };
  }
  return ui;
}

/** Thousands stand apart in money, which has cents; other numbers are typed as they are. */
function numberLooks(name: string, property: RJSFSchema): Record<string, string | number | boolean> {
  if (!isMoneyKey(name)) return { hideControls: true };
  return {
    hideControls: true,
    thousandSeparator: ',',
    ...(property.type === 'number' ? { decimalScale: 2, fixedDecimalScale: true } : {}),
  };
}

function isShortChoice(property: RJSFSchema): boolean {
  const count =
    property.enum?.length ??
    (property.oneOf?.every((option) => typeof option === 'object' && 'const' in option) ? property.oneOf.length : 0);
  return count > 1 && count <= MOST_RADIOS && property.type !== 'boolean';
}

/** A sensitive text is not to be read over a shoulder. */
function isHidden(property: RJSFSchema): boolean {
  return property['x-sensitive'] === true && property.type === 'string' && property.enum === undefined && property.oneOf === undefined;
}

function isLongText(property: RJSFSchema): boolean {
  return property.type === 'string' && (property.format === 'textarea' || (property.maxLength ?? 0) > 120);
}

function isWide(property: RJSFSchema | boolean | undefined): boolean {
  if (typeof property !== 'object') return false;
  return (
    property.type === 'object' ||
    property.type === 'array' ||
    property.type === 'boolean' ||
    isLongText(property) ||
    isShortChoice(property)
  );
}
