import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { toast } from '../../components/toast.tsx';
import { ReasonField } from './reason-field.tsx';
import { useDone } from './use-done.ts';

/** A failed instance goes on from where it failed. */
export function RewindDialog({ instance, onClose }: { instance: InstanceDetail; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const done = useDone(instance.id, onClose);
  const failedChildren = instance.children.failed;
  const rewind = useMutation(
    trpc.instances.rewind.mutationOptions({
      onSuccess: () => {
        done();
        toast({ shape: 'running', title: `Rewound ${instance.id}`, detail: 'What had failed runs again.' });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Rewind ${instance.id}?`}
      action="Rewind"
      busy={rewind.isPending}
      error={rewind.error}
      refusal={reason.trim() === '' ? 'Give a reason' : null}
      onAction={() => rewind.mutate({ id: instance.id, reason: reason.trim() })}
    >
      <p className="t2" style={{ marginBottom: 14 }}>
        What failed runs again with the same keys for its receivers. Steps already done are not run again.
        {failedChildren > 0
          ? ` ${failedChildren === 1 ? 'Its failed sub-workflow is' : `Its ${failedChildren.toLocaleString('en')} failed sub-workflows are`} rewound with it.`
          : ''}
      </p>
      <ReasonField value={reason} onChange={setReason} focus />
    </Dialog>
  );
}
