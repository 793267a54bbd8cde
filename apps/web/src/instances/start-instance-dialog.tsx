import { Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { useRefusals } from '../api/use-refusal.ts';
import { Dialog } from '../components/dialog.tsx';
import { InputForm } from '../components/input-form.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { TagsField } from '../components/tags-field.tsx';
import { toast } from '../components/toast.tsx';
import { useInputForm } from '../components/use-input-form.ts';

/** Starts an instance of a workflow's latest version, with input by form (when the start node has a schema) or as JSON. */
export function StartInstanceDialog({ opened, onClose, workflowKey }: { opened: boolean; onClose: () => void; workflowKey?: string }) {
  return opened ? <OpenDialog onClose={onClose} {...(workflowKey === undefined ? {} : { workflowKey })} /> : null;
}

function OpenDialog({ onClose, workflowKey }: { onClose: () => void; workflowKey?: string }) {
  const navigate = useNavigate();
  const workflows = useQuery(trpc.workflows.list.queryOptions({}));
  const refusalIn = useRefusals('instance.start');
  const startable = workflows.data?.filter(({ latestVersion, folder }) => latestVersion !== null && refusalIn(folder) === null) ?? [];
  const [picked, setPicked] = useState<string | null>(workflowKey ?? null);
  const key = picked ?? (startable.length === 1 ? (startable[0]?.key ?? null) : null);
  const version = startable.find((workflow) => workflow.key === key)?.latestVersion ?? null;
  const published = useQuery(
    trpc.workflows.version.queryOptions({ key: key ?? '', version: version ?? 0 }, { enabled: key !== null && version !== null }),
  );
  const schema = published.data?.document.nodes.find((node) => node.type === 'start')?.config['inputSchema'] ?? null;
  const form = useInputForm(schema, {});
  const last = useQuery(trpc.workflows.lastRun.queryOptions({ key: key ?? '' }, { enabled: key !== null }));
  const known = [
    ...(last.data ? [{ title: 'The last run', value: last.data.input }] : []),
    ...(published.data?.document.scenarios ?? []).map(({ title, input }) => ({ title: `Scenario: ${title}`, value: input })),
  ];
  const [id, setId] = useState('');
  const [tags, setTags] = useState<string[]>([]);
  const start = useMutation(
    trpc.instances.start.mutationOptions({
      onSuccess: ({ id: started }) => {
        onClose();
        toast({ title: 'Started', detail: <span className="mono">{started}</span> });
        void navigate({ to: '/instances/$id', params: { id: started } });
      },
    }),
  );

  return (
    <Dialog
      opened
      onClose={onClose}
      title="Start an instance"
      action="Start"
      size={520}
      busy={start.isPending}
      error={start.error}
      refusal={key === null ? 'Choose a workflow' : version === null && workflows.isSuccess ? 'Publish the workflow first' : form.refusal}
      onAction={() => {
        const input = key === null ? null : form.read();
        if (key === null || input === null) return;
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
          placeholder={
            workflows.isPending ? 'Loading' : startable.length === 0 ? 'None that you may start is published yet' : 'Choose a workflow'
          }
          data={startable.map((workflow) => ({ value: workflow.key, label: `${workflow.title} v${workflow.latestVersion ?? ''}` }))}
          value={key}
          onChange={(next) => {
            setPicked(next);
            form.put({});
          }}
          searchable
          allowDeselect={false}
          data-autofocus={workflowKey === undefined ? true : undefined}
        />
        {key !== null && published.isPending && version !== null ? <Skeleton height={60} /> : null}
        <InputForm id="start" state={form} known={known} error={start.error} />
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
