import { IconArrowUpRight, IconCopy } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { InstanceDetail } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useRefusal } from '../api/use-refusal.ts';
import { roundDuration } from '../canvas/node-words.ts';
import { WorkflowCanvas } from '../canvas/workflow-canvas.tsx';
import { Button } from '../components/button.tsx';
import { formatElapsed, useNow } from '../components/moment.ts';
import { toastError } from '../components/toast.tsx';
import type { StepRecord } from '../instances/fold-steps.ts';
import { useInstanceRun } from '../instances/use-instance-run.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { StatusPill } from '../status/status-label.tsx';

/** An instance of the sample, followed live. */
export function SampleRun({ instance }: { instance: InstanceDetail }) {
  const shown = useQuery(trpc.instances.get.queryOptions({ id: instance.id }));
  const run = useInstanceRun(instance, shown.refetch);
  const navigate = useNavigate();
  // A copy goes to a folder where they may.
  const refusal = useRefusal('workflow.edit', null);
  const copy = useMutation(
    trpc.workflows.create.mutationOptions({
      onSuccess: ({ key }) => navigate({ to: '/workflows/$key', params: { key } }),
      onError: toastError,
    }),
  );
  const status = run.status ?? instance.status;
  const waiting = [...run.steps.steps.values()].find((step) => step.closedAt === null && (step.task !== null || isTimer(instance, step)));
  return (
    <section className="card" aria-label="Sample instance">
      <div className="hd">
        <h2 className="nowrap">{instance.workflowTitle}</h2>
        <span className="mono t3 ell">{instance.id}</span>
        <StatusPill status={status} />
        <span className="grow" />
        <Button
          look="ghost"
          size="sm"
          icon={<IconCopy className="ic" stroke={1.8} />}
          busy={copy.isPending}
          refusal={refusal}
          onClick={() => copy.mutate({ title: `${instance.workflowTitle}, a copy`, document: instance.document })}
        >
          Edit a copy
        </Button>
        <Link to="/instances/$id" params={{ id: instance.id }} className="btn sm">
          Open instance
          <IconArrowUpRight className="ic" size={13} stroke={1.8} />
        </Link>
      </div>
      <div className="wbox">
        <div className="wcanvas">
          <WorkflowCanvas
            document={instance.document}
            mode="view"
            runState={run.picture}
            onSelect={(node) => (node === null ? undefined : void navigate({ to: '/instances/$id', params: { id: instance.id } }))}
          />
        </div>
        {waiting && status === 'Waiting' ? <Asleep step={waiting} fireAt={timerOf(waiting)} /> : null}
      </div>
    </section>
  );
}

function isTimer({ document }: InstanceDetail, step: StepRecord): boolean {
  return document.nodes.find(({ id }) => id === step.node)?.type === 'timer';
}

function timerOf(step: StepRecord): number | null {
  return step.task === null ? (step.waits.at(-1)?.until ?? null) : null;
}

/** What costs nothing meanwhile. */
function Asleep({ step, fireAt }: { step: StepRecord; fireAt: number | null }) {
  const now = useNow(1_000);
  return (
    <div className={step.task === null ? 'card whint' : 'card whint points'} role="note">
      <div className="row g8 b6">
        <StatusIcon shape="waiting" size={14} />
        {step.task !== null || fireAt === null
          ? `Waiting for ${formatElapsed(step.openedAt, now)}`
          : fireAt <= now
            ? 'Due now'
            : `Counts down, ${roundDuration(fireAt - now)} left`}
      </div>
      <p>
        {step.task === null
          ? 'Stop the server now, and start it again. The time goes on meanwhile; nothing else does.'
          : 'The instance is asleep. It holds no process, no thread and no memory until somebody decides.'}
      </p>
    </div>
  );
}
