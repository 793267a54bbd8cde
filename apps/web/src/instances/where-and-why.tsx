import type { InstanceRow } from '@perdure/server/contract';
import { useMe } from '../api/use-me.ts';
import { formatMomentShort } from '../components/moment.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { STUCK_WORDS } from './stuck-words.ts';

/** Where an instance is and why it stays there: the step's title, then the reason. */
export function WhereAndWhy({ row }: { row: Pick<InstanceRow, 'status' | 'whereabouts' | 'stuck'> }) {
  const { whereabouts } = row;
  const stuck = row.stuck === null ? null : STUCK_WORDS[row.stuck].short;
  const me = useMe().data?.user.id;
  if (stuck !== null) {
    return (
      <>
        <Warning label="Stuck" />
        <span className="b5">{stuck}</span>
        <span className="t2" style={{ marginLeft: 8 }}>
          {whereabouts?.title}
        </span>
      </>
    );
  }
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
      {whereabouts.kind === 'quarantined' ? (
        <Warning label="Quarantined" />
      ) : row.stuck === 'waits-long' ? (
        <Warning label="Waits long" />
      ) : null}
      <span className="b5">{whereabouts.title}</span>
      <span className="t2" style={{ marginLeft: 8 }}>
        {[whereabouts.kind === 'humanTask' ? claimWords(whereabouts.detail, me) : whereabouts.detail, until].filter(Boolean).join(' ')}
      </span>
    </>
  );
}

function Warning({ label }: { label: string }) {
  return (
    <span style={{ display: 'inline-block', marginRight: 6, verticalAlign: -2 }}>
      <StatusIcon shape="warning" size={13} label={label} />
    </span>
  );
}

/** The history knows who claimed a task by id, which says nothing to a person; the task itself names them. */
function claimWords(detail: string, me: string | undefined): string {
  const by = /^Claimed by (\S+)$/.exec(detail)?.[1];
  if (by === undefined) return detail;
  return by === me ? 'Claimed by you' : 'Claimed, waits for a decision';
}
