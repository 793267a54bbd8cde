import { linearSchema } from '@perdure/expressions/linear-schema';
import { checkJsonSchema, type Json, type JsonObject } from '@perdure/graph';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { trpc } from '../../api/trpc.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { StatusIcon } from '../../status/status-icon.tsx';
import { CodeEditor } from '../code-editor.tsx';
import { readJsonText } from '../unfinished-json.ts';
import { useDesigner } from '../use-designer.ts';
import { inferSchema } from './infer-schema.ts';
import { SchemaFieldList } from './schema-field-list.tsx';
import { isObjectSchema, unseenAround } from './schema-fields.ts';
import { SchemaPreview } from './schema-preview.tsx';
import './schema-dialog.css';

type Tab = 'fields' | 'json' | 'sample';

/**
 * A JSON Schema as fields, as JSON, or guessed from a sample; beside it the form that people will see. Fields and JSON are two views of one
 * schema: what the fields do not show is kept.
 */
export function SchemaDialog({
  title,
  value,
  onUse,
  onClose,
}: {
  title: string;
  value: Json | undefined;
  onUse(schema: Json | undefined): void;
  onClose(): void;
}) {
  const [schema, setSchema] = useState<Json | undefined>(value);
  const [tab, setTab] = useState<Tab>(isObjectSchema(value) ? 'fields' : 'json');
  /** What was typed into the JSON tab while it is no JSON. */
  const [unfinished, setUnfinished] = useState<string | null>(null);
  const problems = useMemo(() => schemaProblems(schema), [schema]);
  const fault = unfinished === null ? (problems[0] ?? null) : 'The JSON is not finished';
  return (
    <Dialog
      opened
      onClose={onClose}
      title={title}
      action="Use"
      size={1040}
      refusal={fault}
      onAction={() => {
        onUse(schema);
        onClose();
      }}
    >
      <div className="sd-parts">
        <div className="sd-edit">
          <Tabs<Tab>
            label="Schema as"
            height={34}
            items={[
              { key: 'fields', label: 'Fields' },
              { key: 'json', label: 'JSON' },
              { key: 'sample', label: 'From a sample' },
            ]}
            value={tab}
            onChange={setTab}
          />
          {tab === 'fields' ? (
            <FieldsTab schema={schema} blocked={unfinished !== null} onChange={setSchema} onJson={() => setTab('json')} />
          ) : tab === 'json' ? (
            <JsonTab
              schema={schema}
              text={unfinished}
              onChange={(text) => {
                const read = readJsonText(text);
                setUnfinished(read.ok ? null : text);
                if (read.ok) setSchema(read.value);
              }}
              onClose={onClose}
            />
          ) : (
            <SampleTab
              hasSchema={schema !== undefined}
              onInfer={(sample) => {
                setUnfinished(null);
                setSchema(inferSchema(sample));
                setTab('fields');
              }}
              onClose={onClose}
            />
          )}
          {problems.length > 0 ? (
            <ul className="sd-problems" aria-label="Problems">
              {problems.map((problem) => (
                <li key={problem}>
                  <StatusIcon shape="error" size={13} />
                  <span>{problem}</span>
                </li>
              ))}
            </ul>
          ) : null}
        </div>
        <SchemaPreview schema={schema} isSound={problems.length === 0} />
      </div>
    </Dialog>
  );
}

/** In the words with which publishing, or a start, would refuse it. */
function schemaProblems(schema: Json | undefined): string[] {
  if (schema === undefined) return [];
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null || Array.isArray(schema)))
    return ['A schema is an object, or true or false.'];
  const found = checkJsonSchema(schema).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const linear = found.length === 0 ? linearSchema(schema) : null;
  return linear && !linear.ok ? [linear.message] : found;
}

function FieldsTab({
  schema,
  blocked,
  onChange,
  onJson,
}: {
  schema: Json | undefined;
  blocked: boolean;
  onChange(schema: Json): void;
  onJson(): void;
}) {
  if (blocked || !isObjectSchema(schema))
    return (
      <div className="sd-note">
        <p>
          {blocked
            ? 'The JSON is not finished, so there are no fields to show.'
            : 'This schema does not describe an object with named fields, so it is edited as JSON.'}
        </p>
        <Button size="sm" onClick={onJson}>
          Open JSON
        </Button>
      </div>
    );
  const object: JsonObject = schema ?? {};
  const unseen = unseenAround(object);
  return (
    <div className="sd-scroll">
      <SchemaFieldList schema={object} label="Fields" onChange={onChange} />
      {unseen.length > 0 ? (
        <p className="sd-unseen">
          Kept as it is, and shown only in JSON: <span className="mono">{unseen.join(', ')}</span>.
        </p>
      ) : null}
    </div>
  );
}

function JsonTab({
  schema,
  text,
  onChange,
  onClose,
}: {
  schema: Json | undefined;
  text: string | null;
  onChange(text: string): void;
  onClose(): void;
}) {
  const [shown, setShown] = useState(() => text ?? (schema === undefined ? '' : JSON.stringify(schema, null, 2)));
  const read = useMemo(() => readJsonText(shown), [shown]);
  return (
    <div className={`ds-expression sd-json ${read.ok ? '' : 'invalid'}`}>
      <CodeEditor
        language="json"
        label="JSON Schema"
        value={shown}
        numbered
        autoFocus
        invalid={!read.ok}
        placeholder={'{ "type": "object", "properties": … }'}
        onEscape={onClose}
        onChange={(next) => {
          setShown(next);
          onChange(next);
        }}
      />
      {read.ok ? null : <div className="ds-fault">{read.message}</div>}
    </div>
  );
}

function SampleTab({ hasSchema, onInfer, onClose }: { hasSchema: boolean; onInfer(sample: Json): void; onClose(): void }) {
  const { key } = useDesigner();
  const last = useQuery(trpc.workflows.lastRun.queryOptions({ key }, { staleTime: 30_000 })).data;
  const [text, setText] = useState('');
  const read = useMemo(() => readJsonText(text), [text]);
  return (
    <div className="sd-sample">
      <p className="t2">Paste an example of the data: names, types and formats are taken from it.</p>
      <div className={`ds-expression sd-json ${read.ok ? '' : 'invalid'}`}>
        <CodeEditor
          language="json"
          label="Sample"
          value={text}
          onChange={setText}
          numbered
          invalid={!read.ok}
          onEscape={onClose}
          placeholder={'{ "id": "A-1", "amount": 12.5 }'}
        />
        {read.ok ? null : <div className="ds-fault">{read.message}</div>}
      </div>
      <div className="row g6">
        <Button
          size="sm"
          look="primary"
          refusal={!read.ok ? 'This is not JSON yet' : read.value === undefined ? 'Paste a sample first' : null}
          onClick={() => read.ok && read.value !== undefined && onInfer(read.value)}
        >
          {hasSchema ? 'Replace the schema' : 'Make the schema'}
        </Button>
        <Button size="sm" refusal={last ? null : 'It has not run yet'} onClick={() => last && setText(JSON.stringify(last.input, null, 2))}>
          Take the last run’s input
        </Button>
      </div>
    </div>
  );
}
