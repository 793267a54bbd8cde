import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { toast } from '../../components/toast.tsx';
import type { StepRecord } from '../fold-steps.ts';
import { ReasonField } from './reason-field.tsx';
import { useDone } from './use-done.ts';

/** The next attempt now: of a step that waits for its retry timer, is held in quarantine, or failed its instance. */
export function RetryStepDialog({ id, step, title, onClose }: { id: string; step: StepRecord; title: string; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const done = useDone(id, onClose);
  const retry = useMutation(
    trpc.instances.retryStep.mutationOptions({
      onSuccess: () => {
        done();
        toast({ shape: 'running', title: `Retried “${title}”` });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Retry “${title}”?`}
      action="Retry step"
      busy={retry.isPending}
      error={retry.error}
      onAction={() => retry.mutate({ id, step: step.key, reason: reason.trim() })}
    >
      <p className="t2" style={{ marginBottom: 14 }}>
        {step.closedAt === null
          ? 'Its next attempt starts now, with the same key for the receiver. The wait for the retry is over.'
          : 'The instance goes on from here: the step runs again with the same key for the receiver. Steps already done are not run again.'}
      </p>
      <ReasonField value={reason} onChange={setReason} focus />
    </Dialog>
  );
}
