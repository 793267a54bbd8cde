import { Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useRef, useState } from 'react';
import type { Json } from '@perdure/graph';
import { describeError } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { isFormSchema } from '../components/is-form-schema.ts';
import { Dialog } from '../components/dialog.tsx';
import { JsonField, readJson } from '../components/json-field.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import type { SchemaFormHandle } from '../components/schema-form.tsx';
import { TagsField } from '../components/tags-field.tsx';
import { toast } from '../components/toast.tsx';

const SchemaForm = lazy(() => import('../components/schema-form.tsx').then((module) => ({ default: module.SchemaForm })));

/** Starts an instance of a workflow's latest version, with input by form (when the start node has a schema) or as JSON. */
export function StartInstanceDialog({ opened, onClose, workflowKey }: { opened: boolean; onClose: () => void; workflowKey?: string }) {
  return opened ? <OpenDialog onClose={onClose} {...(workflowKey === undefined ? {} : { workflowKey })} /> : null;
}

function OpenDialog({ onClose, workflowKey }: { onClose: () => void; workflowKey?: string }) {
  const navigate = useNavigate();
  const workflows = useQuery(trpc.workflows.list.queryOptions({}));
  const startable = workflows.data?.filter((workflow) => workflow.latestVersion !== null) ?? [];
  const [picked, setPicked] = useState<string | null>(workflowKey ?? null);
  const key = picked ?? (startable.length === 1 ? (startable[0]?.key ?? null) : null);
  const version = startable.find((workflow) => workflow.key === key)?.latestVersion ?? null;
  const published = useQuery(
    trpc.workflows.version.queryOptions({ key: key ?? '', version: version ?? 0 }, { enabled: key !== null && version !== null }),
  );
  const schema = published.data?.document.nodes.find((node) => node.type === 'start')?.config['inputSchema'] ?? null;
  const hasForm = isFormSchema(schema);

  const [mode, setMode] = useState<'form' | 'json'>('form');
  const [value, setValue] = useState<Json>({});
  const [text, setText] = useState('{}');
  const [id, setId] = useState('');
  const [tags, setTags] = useState<string[]>([]);
  const form = useRef<SchemaFormHandle>(null);
  const start = useMutation(
    trpc.instances.start.mutationOptions({
      onSuccess: ({ id: started }) => {
        onClose();
        toast({ title: 'Started', detail: <span className="mono">{started}</span> });
        void navigate({ to: '/instances/$id', params: { id: started } });
      },
    }),
  );

  const byForm = hasForm && mode === 'form';
  const input = byForm ? ({ ok: true, value } as const) : readJson(text);
  const fields = start.error ? describeError(start.error).fields : [];
  return (
    <Dialog
      opened
      onClose={onClose}
      title="Start an instance"
      action="Start"
      size={520}
      busy={start.isPending}
      error={start.error}
      refusal={
        key === null
          ? 'Choose a workflow'
          : version === null && workflows.isSuccess
            ? 'Publish the workflow first'
            : input.ok
              ? null
              : 'Correct the input first'
      }
      onAction={() => {
        if (key === null || !input.ok) return;
        if (byForm && !(form.current?.check() ?? true)) return;
        start.mutate({
          workflowKey: key,
          input: input.value,
          ...(id.trim() === '' ? {} : { instanceId: id.trim() }),
          ...(tags.length === 0 ? {} : { tags }),
        });
      }}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <Select
          label="Workflow"
          placeholder={workflows.isPending ? 'Loading' : startable.length === 0 ? 'No workflow is published yet' : 'Choose a workflow'}
          data={startable.map((workflow) => ({ value: workflow.key, label: `${workflow.title} v${workflow.latestVersion ?? ''}` }))}
          value={key}
          onChange={(next) => {
            setPicked(next);
            setValue({});
            setText('{}');
          }}
          searchable
          allowDeselect={false}
          data-autofocus={workflowKey === undefined ? true : undefined}
        />
        {key !== null && published.isPending && version !== null ? <Skeleton height={60} /> : null}
        {hasForm ? (
          <div className="seg" role="group" aria-label="Input as" style={{ justifySelf: 'start' }}>
            <button
              type="button"
              aria-pressed={mode === 'form'}
              onClick={() => {
                const read = readJson(text);
                if (mode === 'json' && read.ok) setValue(read.value);
                setMode('form');
              }}
            >
              Form
            </button>
            <button
              type="button"
              aria-pressed={mode === 'json'}
              onClick={() => {
                setText(JSON.stringify(value, null, 2));
                setMode('json');
              }}
            >
              JSON
            </button>
          </div>
        ) : null}
        {byForm ? (
          <Suspense fallback={<Skeleton height={60} />}>
            <SchemaForm key={key} id="start" label="Input" schema={schema} value={value} onChange={setValue} handle={form} />
          </Suspense>
        ) : (
          <JsonField
            label="Input"
            description="JSON, what the expression variable input will hold."
            value={text}
            onChange={setText}
            rows={6}
          />
        )}
        {fields.length > 0 ? (
          <ul style={{ margin: 0, paddingLeft: 18, color: 'var(--failed)' }}>
            {fields.map((field) => (
              <li key={field.field + field.message}>
                {field.field === '' ? '' : <span className="mono">{field.field} </span>}
                {field.message}
              </li>
            ))}
          </ul>
        ) : null}
        <div style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 12 }}>
          <TextInput
            label="Instance id"
            placeholder="Made up when empty"
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
            spellCheck={false}
          />
          <TagsField value={tags} onChange={setTags} />
        </div>
      </div>
    </Dialog>
  );
}
