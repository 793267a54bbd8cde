import { NativeSelect } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { toastError } from '../components/toast.tsx';
import { SigningKey } from './signing-key.tsx';

/** What receivers check the webhooks of human tasks with: one key per workflow. */
export function TaskWebhookKeys() {
  const [workflowKey, setWorkflowKey] = useState('');
  const workflows = useQuery(trpc.workflows.list.queryOptions({}));
  const show = useMutation(trpc.tasks.webhookKey.mutationOptions({ onError: toastError }));
  return (
    <section className="settings-part" aria-labelledby="task-webhook-keys">
      <h2 id="task-webhook-keys">Webhooks of tasks</h2>
      <p className="t2" style={{ margin: '0 0 10px' }}>
        What a human task tells its webhook is signed, as Standard Webhooks describes, with a key of its workflow. Another one is used at
        once; those of alerts stand with their rules.
      </p>
      <div style={{ display: 'grid', gap: 10, maxWidth: 380 }}>
        <NativeSelect
          label="Workflow"
          rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
          data={[
            { value: '', label: workflows.isPending ? 'Loading…' : 'Choose a workflow' },
            ...(workflows.data ?? []).map(({ key, title }) => ({ value: key, label: title })),
          ]}
          value={workflowKey}
          onChange={(event) => {
            setWorkflowKey(event.currentTarget.value);
            show.reset();
          }}
        />
        <SigningKey
          shown={show.data?.key}
          busy={show.isPending}
          refusal={workflowKey === '' ? 'Choose a workflow first' : null}
          onShow={(renew) => show.mutate({ workflowKey, renew })}
        />
      </div>
    </section>
  );
}
