import {
  IconBell,
  IconClockX,
  IconInbox,
  IconStairsUp,
  IconThumbUp,
  IconUserCheck,
  IconUserMinus,
  IconUserPlus,
  IconUserShare,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { PersonName, TaskDetail, TaskTrailEntry } from '@perdure/server/contract';
import { useMe } from '../api/use-me.ts';
import { formatMoment, formatMomentShort } from '../components/moment.ts';
import { StatusIcon } from '../status/status-icon.tsx';

/** What happened to the task, newest first; whole moments and notes unless only the `latest` few are asked for. */
export function TaskTrail({ task, latest }: { task: TaskDetail; latest?: number }) {
  const me = useMe().data?.user.id;
  const label = (outcome: string | null) => task.outcomes.find((one) => one.port === outcome)?.label ?? outcome ?? 'an outcome';
  const entries = task.trail.toReversed().slice(0, latest ?? task.trail.length);
  return (
    <ol className="trail" aria-label={latest === undefined ? 'Audit trail' : 'Activity'}>
      {entries.map((entry, at) => (
        <li key={`${entry.at} ${entry.what} ${entries.length - at}`} className="ev">
          <span className="evi">{trailIcon(entry.what)}</span>
          <span className="grow">
            {trailWords(entry, label(entry.outcome), me)}
            {latest === undefined && entry.comment !== null ? <q className="t2">{entry.comment}</q> : null}
          </span>
          <time className="t3 num nowrap" dateTime={entry.at}>
            {latest === undefined ? formatMoment(entry.at) : formatMomentShort(entry.at)}
          </time>
        </li>
      ))}
    </ol>
  );
}

function trailIcon(what: TaskTrailEntry['what']): ReactNode {
  switch (what) {
    case 'created':
      return <IconInbox className="ic" size={13} stroke={1.8} />;
    case 'claimed':
      return <IconUserCheck className="ic" size={13} stroke={1.8} />;
    case 'released':
      return <IconUserMinus className="ic" size={13} stroke={1.8} />;
    case 'assigned':
      return <IconUserPlus className="ic" size={13} stroke={1.8} />;
    case 'delegated':
      return <IconUserShare className="ic" size={13} stroke={1.8} />;
    case 'voted':
      return <IconThumbUp className="ic" size={13} stroke={1.8} />;
    case 'decided':
      return <StatusIcon shape="completed" size={12} />;
    case 'reminded':
      return <IconBell className="ic" size={13} stroke={1.8} />;
    case 'escalated':
      return <IconStairsUp className="ic" size={13} stroke={1.8} />;
    case 'expired':
      return <IconClockX className="ic" size={13} stroke={1.8} />;
    case 'cancelled':
      return <StatusIcon shape="canceled" size={12} />;
  }
}

function trailWords({ what, by, to, candidates }: TaskTrailEntry, outcome: string, me: string | undefined): string {
  const name = (person: PersonName | null, ifMe: string, ifNobody: string) =>
    person === null ? ifNobody : person.id === me ? ifMe : person.name;
  const who = name(by, 'You', 'Somebody');
  const whom = name(to, 'you', 'somebody');
  switch (what) {
    case 'created':
      return 'Task created';
    case 'claimed':
      return `${who} claimed the task`;
    case 'released':
      return `${who} released the task`;
    case 'assigned':
      return `${who} assigned it to ${whom}`;
    case 'delegated':
      return `${who} delegated it to ${whom}`;
    case 'voted':
      return `${who} voted ${outcome}`;
    case 'decided':
      return `${who} chose ${outcome}`;
    case 'reminded':
      return 'Reminder sent';
    case 'escalated':
      return candidates.length === 0 ? 'Escalated' : `Escalated to ${candidates.join(', ')}`;
    case 'expired':
      return 'The deadline passed';
    case 'cancelled':
      return 'No longer needed';
  }
}
