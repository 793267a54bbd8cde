import type { ShownStatus } from '@perdure/server/contract';
import { StatusIcon, statusShape } from './status-icon.tsx';

export function StatusLabel({ status }: { status: ShownStatus }) {
  return (
    <span className="status">
      <StatusIcon shape={statusShape(status)} />
      <span>{status}</span>
    </span>
  );
}

export function StatusPill({ status }: { status: ShownStatus }) {
  return (
    <span className={`status pill ${statusShape(status)}`}>
      <StatusIcon shape={statusShape(status)} size={13} />
      <span>{status}</span>
    </span>
  );
}
