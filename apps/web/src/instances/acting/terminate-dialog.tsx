import { Checkbox } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { toast } from '../../components/toast.tsx';
import { ReasonField } from './reason-field.tsx';
import { useDone } from './use-done.ts';

export function TerminateDialog({ instance, onClose }: { instance: InstanceDetail; onClose: () => void }) {
  const done = useDone(instance.id, onClose);
  const [reason, setReason] = useState('');
  const running = instance.children.live;
  const [recursive, setRecursive] = useState(true);
  const terminate = useMutation(
    trpc.instances.terminate.mutationOptions({
      onSuccess: () => {
        done();
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
      onAction={() => terminate.mutate({ id: instance.id, reason: reason.trim(), recursive: running > 0 && recursive })}
    >
      <p className="t2" style={{ marginBottom: 14 }}>
        It stops where it is. Steps already done are not undone. This cannot be taken back.
      </p>
      <ReasonField value={reason} onChange={setReason} focus />
      {running > 0 ? (
        <Checkbox
          mt={12}
          checked={recursive}
          onChange={(event) => setRecursive(event.currentTarget.checked)}
          label={`Also terminate ${running === 1 ? 'its running sub-workflow' : `its ${running.toLocaleString('en')} running sub-workflows`}`}
        />
      ) : null}
    </Dialog>
  );
}
