import { IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ShownStatus } from '@perdure/server/contract';
import { useStore } from 'zustand';
import type { RunStore } from '../canvas/run-store.ts';
import { Button } from '../components/button.tsx';
import { StatusPill } from '../status/status-label.tsx';

/** Over the canvas while an instance is watched there. */
export function RunBar({
  instanceId,
  status,
  store,
  onClose,
}: {
  instanceId: string;
  status: ShownStatus;
  store: RunStore;
  onClose(): void;
}) {
  const test = useStore(store.view, ({ summary }) => summary.test);
  const waitsForPerson = useStore(store.view, ({ nodes }) => [...nodes.values()].some(({ wait }) => wait?.kind === 'task'));
  return (
    <div className="ds-run-bar" role="status" aria-label="Run">
      {test ? null : (
        <span className="mono b5 ell" title={instanceId}>
          {instanceId}
        </span>
      )}
      {test ? <span className="tag">Test</span> : null}
      <StatusPill status={status} />
      {test?.fastForward ? <span className="s12 t3 nowrap">Timers are skipped</span> : null}
      {waitsForPerson ? (
        <Link className="lnk" to="/inbox">
          Decide in the inbox
        </Link>
      ) : null}
      <Link className="lnk" to="/instances/$id" params={{ id: instanceId }}>
        Open instance
      </Link>
      <Button look="ghost" size="sm" icon={<IconX className="ic" aria-hidden="true" />} aria-label="Close the run" onClick={onClose} />
    </div>
  );
}
