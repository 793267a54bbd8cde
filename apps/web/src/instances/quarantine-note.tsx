import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useRefusal } from '../api/use-refusal.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { toast } from '../components/toast.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { ReasonField } from './acting/reason-field.tsx';
import type { StepRecord } from './fold-steps.ts';

/** Why a step is held, and what a person can do about it. */
export function QuarantineNote({ instance, step, heldAfter }: { instance: InstanceDetail; step: StepRecord; heldAfter: number }) {
  const [asking, setAsking] = useState<'release' | 'give up' | null>(null);
  const refusal = useRefusal('instance.operate', instance.folder);
  return (
    <div className="held" role="group" aria-label="Quarantine">
      <StatusIcon shape="warning" size={13} />
      <div className="grow">
        <p>
          <span className="b5">Held in quarantine.</span> It was begun {heldAfter} times, and each time the process it ran in ended before
          there was an outcome. Nothing runs it again until somebody decides.
        </p>
        <div className="row g6">
          <Button refusal={refusal} onClick={() => setAsking('release')}>
            Release…
          </Button>
          <Button look="danger" refusal={refusal} onClick={() => setAsking('give up')}>
            Give up…
          </Button>
        </div>
      </div>
      {asking === null ? null : (
        <DecisionDialog instance={instance} step={step} release={asking === 'release'} onClose={() => setAsking(null)} />
      )}
    </div>
  );
}

function DecisionDialog({
  instance,
  step,
  release,
  onClose,
}: {
  instance: InstanceDetail;
  step: StepRecord;
  release: boolean;
  onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const queries = useQueryClient();
  const caught = instance.document.edges.some((edge) => edge.source === step.node && edge.sourcePort === 'error');
  const title = instance.document.nodes.find((node) => node.id === step.node)?.title ?? step.node;
  const done = {
    onSuccess: () => {
      onClose();
      void queries.invalidateQueries({ queryKey: trpc.instances.get.queryKey({ id: instance.id }) });
      toast(
        release ? { shape: 'running' as const, title: `Released “${title}”` } : { shape: 'failed' as const, title: `Gave up “${title}”` },
      );
    },
  };
  const releasing = useMutation(trpc.instances.releaseStep.mutationOptions(done));
  const givingUp = useMutation(trpc.instances.giveUpStep.mutationOptions(done));
  const mutation = release ? releasing : givingUp;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={release ? `Release “${title}”?` : `Give up “${title}”?`}
      action={release ? 'Release' : 'Give up'}
      danger={!release}
      escape="keeps it held"
      busy={mutation.isPending}
      error={mutation.error}
      onAction={() => mutation.mutate({ id: instance.id, step: step.key, reason: reason.trim() })}
    >
      <p className="t2" style={{ marginBottom: 14 }}>
        {release
          ? 'The same attempt begins once more, and its claims are counted anew. If it still ends the process it runs in, which is none that others run in, it is held again.'
          : `The step fails with the code Quarantined${caught ? ' and leaves by its error port.' : '. Its error port is not connected: the failure travels outwards.'}`}
      </p>
      <ReasonField value={reason} onChange={setReason} focus />
    </Dialog>
  );
}
