import type { InstanceRow } from '@perdure/server/contract';
import { formatMomentShort } from '../components/moment.ts';

/** Where an instance is and why it stays there: the step's title, then the reason. */
export function WhereAndWhy({ row }: { row: Pick<InstanceRow, 'status' | 'whereabouts'> }) {
  const { whereabouts } = row;
  if (!whereabouts || whereabouts.kind === 'none') {
    return <span className="t3">{row.status === 'Pending' ? 'Not started' : (whereabouts?.detail ?? '')}</span>;
  }
  // A task's deadline is not what it waits for; the end of a timer or of a retry's wait is.
  const until =
    whereabouts.until !== undefined &&
    (whereabouts.kind === 'timer' || whereabouts.kind === 'retry') &&
    !whereabouts.detail.includes('until')
      ? `until ${formatMomentShort(whereabouts.until)}`
      : '';
  return (
    <>
      <span className="b5">{whereabouts.title}</span>
      <span className="t2" style={{ marginLeft: 8 }}>
        {[whereabouts.detail, until].filter(Boolean).join(' ')}
      </span>
    </>
  );
}
