import { Checkbox, Menu, Textarea, TextInput } from '@mantine/core';
import { IconBroadcast, IconDots, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { InstanceDetail, ShownStatus } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMay } from '../api/use-me.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { JsonField, readJson } from '../components/json-field.tsx';
import { toast, toastError } from '../components/toast.tsx';
import { CompareMenu } from './compare-menu.tsx';
import type { StepRecord } from './fold-steps.ts';

type Open = 'event' | 'terminate' | 'purge' | null;

/** What can be done with an instance now. An action that cannot be taken stays visible and says why. */
export function InstanceActions({
  instance,
  status,
  awaited,
}: {
  instance: InstanceDetail;
  status: ShownStatus;
  awaited: string[];
  step: StepRecord | null;
}) {
  const [open, setOpen] = useState<Open>(null);
  const mayOperate = useMay('instance.operate');
  const mayPurge = useMay('instance.purge');
  const refetch = useRefetch(instance.id);
  const finished = status === 'Completed' || status === 'Failed' || status === 'Terminated' || status === 'Canceled';
  const refusal = !mayOperate
    ? 'Your role may not operate instances'
    : finished
      ? `It is ${status.toLowerCase()}: nothing runs any more`
      : null;
  const resume = useMutation(trpc.instances.resume.mutationOptions({ onSuccess: refetch, onError: toastError }));
  const suspend = useMutation(
    trpc.instances.suspend.mutationOptions({
      onSuccess: () => {
        refetch();
        toast({
          shape: 'suspended',
          title: `Suspended ${instance.id}`,
          detail: 'Results and events are kept until it resumes.',
          action: { label: 'Resume', run: () => resume.mutate({ id: instance.id, reason: '' }) },
        });
      },
      onError: toastError,
    }),
  );
  return (
    <>
      <CompareMenu instance={instance} />
      <Button icon={<IconBroadcast className="ic" stroke={1.8} />} refusal={refusal} onClick={() => setOpen('event')}>
        Raise event…
      </Button>
      {status === 'Suspended' ? (
        <Button
          icon={<IconPlayerPlay className="ic" stroke={1.8} />}
          refusal={refusal}
          busy={resume.isPending}
          onClick={() => resume.mutate({ id: instance.id, reason: '' })}
        >
          Resume
        </Button>
      ) : (
        <Button
          icon={<IconPlayerPause className="ic" stroke={1.8} />}
          refusal={refusal}
          busy={suspend.isPending}
          onClick={() => suspend.mutate({ id: instance.id, reason: '' })}
        >
          Suspend
        </Button>
      )}
      <Button look="danger" icon={<IconPlayerStop className="ic" stroke={1.8} />} refusal={refusal} onClick={() => setOpen('terminate')}>
        Terminate…
      </Button>
      <Menu width={190}>
        <Menu.Target>
          <button type="button" className="btn icon" aria-label="More actions">
            <IconDots className="ic" stroke={1.8} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconTrash className="ic" stroke={1.8} />}
            disabled={!mayPurge || !finished}
            title={!mayPurge ? 'Your role may not purge instances' : finished ? undefined : 'Only finished instances can be purged'}
            onClick={() => setOpen('purge')}
          >
            Purge…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'event' ? <RaiseEventDialog id={instance.id} awaited={awaited} onClose={() => setOpen(null)} onDone={refetch} /> : null}
      {open === 'terminate' ? <TerminateDialog instance={instance} onClose={() => setOpen(null)} onDone={refetch} /> : null}
      {open === 'purge' ? <PurgeDialog id={instance.id} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function useRefetch(id: string): () => void {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: trpc.instances.get.queryKey({ id }) });
    void queries.invalidateQueries({ queryKey: trpc.instances.list.queryKey() });
  };
}

function RaiseEventDialog({ id, awaited, onClose, onDone }: { id: string; awaited: string[]; onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState(awaited[0] ?? '');
  const [text, setText] = useState('');
  const data = readJson(text);
  const raise = useMutation(
    trpc.instances.raiseEvent.mutationOptions({
      onSuccess: () => {
        onClose();
        onDone();
        toast({
          title: `Raised ${name.trim()}`,
          detail: awaited.some((one) => one.toLowerCase() === name.trim().toLowerCase())
            ? ''
            : 'No step waits for it now. It is kept until one does.',
        });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title="Raise an event"
      action="Raise event"
      busy={raise.isPending}
      error={raise.error}
      refusal={name.trim() === '' ? 'Name the event' : data.ok ? null : 'Correct the data first'}
      onAction={() => {
        if (data.ok) raise.mutate({ id, name: name.trim(), data: data.value });
      }}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <TextInput
          label="Event name"
          description={awaited.length === 0 ? 'No step waits for an event now; it would be kept.' : `Waited for: ${awaited.join(', ')}`}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
          spellCheck={false}
        />
        <JsonField label="Data" description="JSON; empty means null." value={text} onChange={setText} rows={4} />
      </div>
    </Dialog>
  );
}

function TerminateDialog({ instance, onClose, onDone }: { instance: InstanceDetail; onClose: () => void; onDone: () => void }) {
  const [reason, setReason] = useState('');
  const running = instance.children.filter((child) => !['Completed', 'Failed', 'Terminated', 'Canceled'].includes(child.status));
  const [recursive, setRecursive] = useState(true);
  const terminate = useMutation(
    trpc.instances.terminate.mutationOptions({
      onSuccess: () => {
        onClose();
        onDone();
        toast({ shape: 'terminated', title: `Terminated ${instance.id}` });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Terminate ${instance.id}?`}
      action="Terminate"
      danger
      escape="keeps it"
      busy={terminate.isPending}
      error={terminate.error}
      refusal={reason.trim() === '' ? 'Give a reason' : null}
      onAction={() => terminate.mutate({ id: instance.id, reason: reason.trim(), recursive: running.length > 0 && recursive })}
    >
      <p className="t2" style={{ marginBottom: 14 }}>
        It stops where it is. Steps already done are not undone. This cannot be taken back.
      </p>
      <Textarea
        label={
          <>
            Reason <span className="t3 b4">kept in the audit log</span>
          </>
        }
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
        autosize
        minRows={2}
        maxLength={1_000}
      />
      {running.length > 0 ? (
        <Checkbox
          mt={12}
          checked={recursive}
          onChange={(event) => setRecursive(event.currentTarget.checked)}
          label={`Also terminate ${running.length === 1 ? 'its running sub-workflow' : `its ${running.length} running sub-workflows`}`}
        />
      ) : null}
    </Dialog>
  );
}

function PurgeDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const purge = useMutation(
    trpc.instances.purge.mutationOptions({
      onSuccess: async () => {
        onClose();
        toast({ title: `Purged ${id}` });
        await navigate({ to: '/instances', search: { view: 'all' } });
        queries.removeQueries({ queryKey: trpc.instances.get.queryKey({ id }) });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Purge ${id}?`}
      action="Purge"
      danger
      escape="keeps it"
      busy={purge.isPending}
      error={purge.error}
      onAction={() => purge.mutate({ id })}
    >
      <p className="t2">Its history, data and tasks are deleted. The audit log keeps that it existed. This cannot be taken back.</p>
    </Dialog>
  );
}
