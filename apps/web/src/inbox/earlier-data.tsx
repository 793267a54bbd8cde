import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { errorText } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { JsonView } from '../components/json-view.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useFocusReturn } from '../components/use-focus-return.ts';

/** What the instance was given, and what its steps gave so far: for those who may read instances. */
export function EarlierData({ workflowKey, instanceId, onClose }: { workflowKey: string; instanceId: string; onClose: () => void }) {
  useFocusReturn(true);
  const run = useQuery(trpc.workflows.lastRun.queryOptions({ key: workflowKey, instanceId }));
  const parts = run.data
    ? [['Input', run.data.input] as const, ...Object.entries(run.data.steps).map(([step, { output }]) => [step, output] as const)]
    : [];
  return (
    <Modal opened onClose={onClose} title="All data of earlier steps" size={720} returnFocus={false}>
      {run.isPending ? <Skeleton height={120} /> : null}
      {run.isError ? <p role="alert">{errorText(run.error)}</p> : null}
      {run.data === null ? <p className="t2">The instance has no data.</p> : null}
      <div className="earlier">
        {parts.map(([title, value]) => (
          <details key={title} className="deep" open={parts.length < 6}>
            <summary className="s12 b5">{title}</summary>
            <JsonView value={value} label={title} />
          </details>
        ))}
      </div>
    </Modal>
  );
}
