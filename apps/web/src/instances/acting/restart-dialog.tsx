import { Checkbox, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { JsonField, readJson } from '../../components/json-field.tsx';
import { toast } from '../../components/toast.tsx';
import { versionWords } from '../../components/version-words.ts';
import { ReasonField } from './reason-field.tsx';
import { useDone } from './use-done.ts';

/** A new instance of the same workflow, with the same input or another one. The original stays as it is. */
export function RestartDialog({ instance, onClose }: { instance: InstanceDetail; onClose: () => void }) {
  const navigate = useNavigate();
  const versions = useQuery(trpc.workflows.versions.queryOptions({ key: instance.workflowKey }));
  const [version, setVersion] = useState(String(instance.version));
  const [sameInput, setSameInput] = useState(true);
  const [text, setText] = useState(() => JSON.stringify(instance.input, null, 2));
  const [reason, setReason] = useState('');
  const input = readJson(text);
  const done = useDone(instance.id, onClose);
  const restart = useMutation(
    trpc.instances.restart.mutationOptions({
      onSuccess: async ({ id }) => {
        done();
        toast({ shape: 'running', title: `Restarted as ${id}`, detail: `${instance.id} stays as it is.` });
        await navigate({ to: '/instances/$id', params: { id } });
      },
    }),
  );
  const choices = (versions.data ?? []).map((one) => ({
    value: String(one.version),
    label: `${versionWords(one.version)}${one.version === instance.version ? ', the same' : ''}${one.name === '' ? '' : `, ${one.name}`}`,
  }));
  // What a test run ran is no version that could be listed.
  if (!choices.some(({ value }) => value === String(instance.version)))
    choices.push({ value: String(instance.version), label: `${versionWords(instance.version)}, the same` });
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Restart ${instance.id}?`}
      action="Restart"
      busy={restart.isPending}
      error={restart.error}
      size={520}
      refusal={!sameInput && !input.ok ? 'Correct the input first' : reason.trim() === '' ? 'Give a reason' : null}
      onAction={() =>
        restart.mutate({
          id: instance.id,
          version: Number(version) === instance.version ? 'same' : Number(version),
          ...(sameInput || !input.ok ? {} : { input: input.value }),
          reason: reason.trim(),
        })
      }
    >
      <p className="t2" style={{ marginBottom: 14 }}>
        A new instance begins from the start. All its steps are run, also those that are done in {instance.id}.
      </p>
      <div style={{ display: 'grid', gap: 14 }}>
        <Select label="Version" data={choices} value={version} onChange={(next) => setVersion(next ?? version)} allowDeselect={false} />
        <Checkbox label="With the same input" checked={sameInput} onChange={(event) => setSameInput(event.currentTarget.checked)} />
        {sameInput ? null : <JsonField label="Input" value={text} onChange={setText} rows={6} />}
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </Dialog>
  );
}
