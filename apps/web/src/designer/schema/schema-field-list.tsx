import { Checkbox, NativeSelect, Textarea, TextInput, type NativeSelectProps } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconGripVertical, IconLock, IconPlus, IconX } from '@tabler/icons-react';
import type { Json, JsonObject } from '@perdure/graph';
import { useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import {
  addField,
  fieldsOf,
  fieldTypes,
  isSensitive,
  moveField,
  removeField,
  renameField,
  unseenKeywords,
  withField,
  withKeyword,
  withRequired,
  withSensitive,
  withType,
  type FieldType,
  type SchemaField,
} from './schema-fields.ts';

/** The fields of an object's schema: names, types, what each asks for. Dragged by their handles, or moved with Alt and the arrows. */
export function SchemaFieldList({ schema, label, onChange }: { schema: JsonObject; label: string; onChange(schema: JsonObject): void }) {
  const fields = fieldsOf(schema);
  const [open, setOpen] = useState<string | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const dragged = useRef<number>(null);
  const list = useRef<HTMLDivElement>(null);

  const focusName = (at: number): void => {
    requestAnimationFrame(() => {
      const input = list.current?.querySelectorAll<HTMLInputElement>(':scope > .sd-field > .sd-line input[data-name]')[at];
      input?.focus();
      input?.select();
    });
  };
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= fields.length || to === from) return;
    onChange(moveField(schema, from, to));
    focusName(to);
  };
  const add = (): void => {
    const added = addField(schema);
    onChange(added.schema);
    focusName(fields.length);
  };

  return (
    <div className="sd-list" role="group" aria-label={label} ref={list}>
      {fields.map((field, at) => (
        <div
          // A field that is renamed stays the same field: its place is what it keeps.
          key={at}
          className={`sd-field ${over === at ? 'over' : ''}`}
          role="group"
          aria-label={`Field ${field.name}`}
          onKeyDown={(event) => {
            const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
            if (!event.altKey || step === 0) return;
            event.preventDefault();
            event.stopPropagation();
            move(at, at + step);
          }}
          onDragOver={(event) => {
            if (dragged.current === null) return;
            event.preventDefault();
            event.stopPropagation();
            setOver(at);
          }}
          onDrop={(event) => {
            if (dragged.current === null) return;
            event.preventDefault();
            event.stopPropagation();
            move(dragged.current, at);
            setOver(null);
          }}
        >
          <div className="sd-line">
            <span
              className="sd-handle"
              draggable
              title="Drag, or Alt+↑ and Alt+↓"
              aria-hidden="true"
              onDragStart={(event) => {
                dragged.current = at;
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/plain', field.name);
              }}
              onDragEnd={() => {
                dragged.current = null;
                setOver(null);
              }}
            >
              <IconGripVertical size={14} />
            </span>
            <NameInput name={field.name} onRename={(to) => renameField(schema, field.name, to)} onChange={onChange} />
            {isSensitive(field.property) ? (
              <span className="sd-lock" role="img" aria-label={`${field.name} is sensitive`} title="Sensitive">
                <IconLock size={14} stroke={1.8} aria-hidden="true" />
              </span>
            ) : null}
            <TypeSelect field={field} onChange={(type) => onChange(withField(schema, field.name, withType(field.property, type)))} />
            <label className="sd-required">
              <input
                type="checkbox"
                aria-label={`${field.name} is required`}
                checked={field.required}
                onChange={(event) => onChange(withRequired(schema, field.name, event.currentTarget.checked))}
              />
              Required
            </label>
            <Button
              look="ghost"
              size="sm"
              icon={
                open === field.name ? (
                  <IconChevronDown className="ic" aria-hidden="true" />
                ) : (
                  <IconChevronRight className="ic" aria-hidden="true" />
                )
              }
              aria-label={`${open === field.name ? 'Close' : 'Open'} ${field.name}`}
              aria-expanded={open === field.name}
              onClick={() => setOpen(open === field.name ? null : field.name)}
            />
            <Button
              look="ghost"
              size="sm"
              icon={<IconX className="ic" aria-hidden="true" />}
              aria-label={`Remove ${field.name}`}
              onClick={() => {
                onChange(removeField(schema, field.name));
                focusName(Math.max(0, at - 1));
              }}
            />
          </div>
          {open === field.name ? (
            <FieldDetails field={field} onChange={(property) => onChange(withField(schema, field.name, property))} />
          ) : null}
        </div>
      ))}
      <Button look="ghost" size="sm" icon={<IconPlus className="ic" aria-hidden="true" />} onClick={add}>
        Add field
      </Button>
    </div>
  );
}

/** A name changes when it is finished: half of one may be another field's. */
function NameInput({
  name,
  onRename,
  onChange,
}: {
  name: string;
  onRename(to: string): JsonObject | null;
  onChange(schema: JsonObject): void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const isTaken = typed !== null && onRename(typed.trim()) === null;
  const commit = (): void => {
    const renamed = typed === null ? null : onRename(typed.trim());
    if (renamed) onChange(renamed);
    setTyped(null);
  };
  return (
    <TextInput
      size="sm"
      className="grow"
      data-name
      aria-label="Name"
      value={typed ?? name}
      error={isTaken ? (typed.trim() === '' ? 'Enter a name' : 'This name is taken') : undefined}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        commit();
      }}
    />
  );
}

function TypeSelect({ field, onChange }: { field: SchemaField; onChange(type: FieldType): void }) {
  const options = field.type === 'other' ? [{ value: 'other', label: 'Other (JSON)' }, ...fieldTypes] : fieldTypes;
  return (
    <Picker
      w={128}
      aria-label={`Type of ${field.name}`}
      data={options.map((option) => ({ ...option }))}
      value={field.type}
      onChange={(event) => onChange(event.currentTarget.value as FieldType)} // one of the options
    />
  );
}

function Picker(props: NativeSelectProps) {
  return <NativeSelect size="sm" rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />} {...props} />;
}

function FieldDetails({ field: { name, type, property }, onChange }: { field: SchemaField; onChange(property: JsonObject): void }) {
  const set = (keyword: string, value: Json | undefined): void => onChange(withKeyword(property, keyword, value));
  const unseen = unseenKeywords(property);
  const isText = type === 'text' || type === 'longText';
  const isNumber = type === 'number' || type === 'integer';
  const isList = type === 'list' || type === 'objects' || type === 'choices';
  const items = property['items'];
  return (
    <div className="sd-details">
      <KeywordText label="Title" placeholder={name} value={property['title']} onChange={(value) => set('title', value)} />
      <KeywordText label="Help" value={property['description']} onChange={(value) => set('description', value)} />
      {isText ? (
        <>
          <KeywordNumber label="Least characters" value={property['minLength']} onChange={(value) => set('minLength', value)} whole />
          <KeywordNumber label="Most characters" value={property['maxLength']} onChange={(value) => set('maxLength', value)} whole />
        </>
      ) : null}
      {type === 'text' ? (
        <KeywordText
          label="Pattern"
          mono
          placeholder="^[A-Z]{2}-\d+$"
          value={property['pattern']}
          onChange={(value) => set('pattern', value)}
        />
      ) : null}
      {isNumber ? (
        <>
          <KeywordNumber label="At least" value={property['minimum']} onChange={(value) => set('minimum', value)} />
          <KeywordNumber label="At most" value={property['maximum']} onChange={(value) => set('maximum', value)} />
        </>
      ) : null}
      {isList ? (
        <>
          <KeywordNumber label="Least entries" value={property['minItems']} onChange={(value) => set('minItems', value)} whole />
          <KeywordNumber label="Most entries" value={property['maxItems']} onChange={(value) => set('maxItems', value)} whole />
        </>
      ) : null}
      {type === 'choice' ? <Choices values={property['enum']} onChange={(values) => set('enum', values)} /> : null}
      {type === 'choices' && isObject(items) ? (
        <Choices values={items['enum']} onChange={(values) => set('items', { ...items, enum: values })} />
      ) : null}
      <DefaultInput type={type} property={property} onChange={(value) => set('default', value)} />
      <Checkbox
        size="sm"
        className="sd-wide"
        label="Sensitive"
        description="Shown as ••• to people who may not see sensitive data, wherever a run carries it. Its default is held back when the step is copied."
        checked={isSensitive(property)}
        onChange={(event) => onChange(withSensitive(property, event.currentTarget.checked))}
      />
      {type === 'object' ? (
        <div className="sd-nested">
          <SchemaFieldList schema={property} label={`Fields of ${name}`} onChange={onChange} />
        </div>
      ) : null}
      {type === 'objects' && isObject(items) ? (
        <div className="sd-nested">
          <SchemaFieldList schema={items} label={`Fields of each of ${name}`} onChange={(next) => set('items', next)} />
        </div>
      ) : null}
      {type === 'other' ? (
        <p className="sd-unseen">What this is, only JSON says in full. It is kept as it is.</p>
      ) : unseen.length > 0 ? (
        <p className="sd-unseen">
          Kept as it is, and shown only in JSON: <span className="mono">{unseen.join(', ')}</span>.
        </p>
      ) : null}
    </div>
  );
}

function KeywordText({
  label,
  value,
  onChange,
  placeholder,
  mono = false,
}: {
  label: string;
  value: Json | undefined;
  onChange(value: string | undefined): void;
  placeholder?: string;
  mono?: boolean;
}) {
  return (
    <TextInput
      size="sm"
      label={label}
      placeholder={placeholder ?? ''}
      value={typeof value === 'string' ? value : ''}
      {...(mono && { styles: { input: { fontFamily: 'var(--mono)', fontSize: 12 } } })}
      onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  );
}

function KeywordNumber({
  label,
  value,
  onChange,
  whole = false,
}: {
  label: string;
  value: Json | undefined;
  onChange(value: number | undefined): void;
  /** A count: 0 or more, without decimals. */
  whole?: boolean;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const fault = (text: string): string | undefined => {
    if (text.trim() === '') return undefined;
    const number = Number(text);
    if (!Number.isFinite(number)) return 'A number';
    return whole && (!Number.isInteger(number) || number < 0) ? 'A whole number, 0 or more' : undefined;
  };
  return (
    <TextInput
      size="sm"
      label={label}
      inputMode="decimal"
      value={typed ?? (typeof value === 'number' ? String(value) : '')}
      error={typed === null ? undefined : fault(typed)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        if (fault(text) === undefined) onChange(text.trim() === '' ? undefined : Number(text));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

function Choices({ values, onChange }: { values: Json | undefined; onChange(values: string[]): void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const written = Array.isArray(values) ? values.join('\n') : '';
  const lines = linesOf(typed ?? written);
  return (
    <div className="sd-wide">
      <Textarea
        size="sm"
        label="Choices"
        description="One a line."
        autosize
        minRows={2}
        maxRows={8}
        value={typed ?? written}
        error={lines.length === 0 ? 'Enter at least one choice' : undefined}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          const next = linesOf(event.currentTarget.value);
          if (next.length > 0) onChange(next);
        }}
        onBlur={() => setTyped(null)}
      />
    </div>
  );
}

function linesOf(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter(Boolean);
}

function DefaultInput({ type, property, onChange }: { type: FieldType; property: JsonObject; onChange(value: Json | undefined): void }) {
  const value = property['default'];
  switch (type) {
    case 'number':
    case 'integer':
      return <KeywordNumber label="Default" value={value} onChange={onChange} />;
    case 'yesNo':
      return (
        <Picker
          label="Default"
          data={[
            { value: '', label: 'None' },
            { value: 'true', label: 'Yes' },
            { value: 'false', label: 'No' },
          ]}
          value={typeof value === 'boolean' ? String(value) : ''}
          onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value === 'true')}
        />
      );
    case 'choice':
      return (
        <Picker
          label="Default"
          data={[
            { value: '', label: 'None' },
            ...(Array.isArray(property['enum']) ? property['enum'] : []).map((one) => ({ value: String(one), label: String(one) })),
          ]}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
        />
      );
    case 'choices':
    case 'list':
    case 'objects':
    case 'object':
    case 'other':
      return value === undefined ? null : <p className="sd-unseen">It has a default, which JSON shows.</p>;
    default:
      return <KeywordText label="Default" value={value} onChange={onChange} />;
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
