import {
  IconBell,
  IconCheckbox,
  IconClock,
  IconClockX,
  IconInbox,
  IconStairsUp,
  IconUserCheck,
  IconUserMinus,
  IconUserShare,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { TaskDetail } from '@perdure/server/contract';
import { useMe } from '../api/use-me.ts';
import { formatMomentShort } from '../components/moment.ts';
import { StatusIcon } from '../status/status-icon.tsx';

/** What happened to the task so far, and what will if nobody acts. */
export function TaskOverview({ task }: { task: TaskDetail }) {
  const me = useMe().data?.user.id;
  const who = (by: { id: string; name: string } | null) => (by === null ? 'Somebody' : by.id === me ? 'You' : by.name);
  const label = (outcome: string | null) => task.outcomes.find((one) => one.port === outcome)?.label ?? outcome ?? 'an outcome';
  return (
    <aside className="side" aria-label="Overview">
      <div className="bar">Overview</div>
      <div className="sbody" tabIndex={0} role="group" aria-label="Activity and deadlines">
        <h3>Activity</h3>
        {task.trail.toReversed().map((entry) => (
          <div key={entry.at + entry.what} className="ev">
            <span className="evi">{trailIcon(entry.what)}</span>
            <span className="grow">{trailWords(entry.what, who(entry.by), label(entry.outcome))}</span>
            <span className="t3 num">{formatMomentShort(entry.at)}</span>
          </div>
        ))}
        <h3>Who may decide</h3>
        <div className="ev">
          <span className="grow">{task.candidates.length === 0 ? 'Everybody with the right to decide' : task.candidates.join(', ')}</span>
        </div>
        {task.status === 'open' ? (
          <>
            <h3>What happens if nobody acts</h3>
            {task.dueAt === null && task.deadlineAt === null ? (
              <div className="ev">
                <span className="grow">Nothing. The instance waits, and holds no process or memory while it does.</span>
              </div>
            ) : (
              <>
                <div className="esc">
                  {task.dueAt === null ? null : (
                    <Row icon={<IconClock className="ic" size={14} stroke={1.8} />} at={task.dueAt}>
                      Due
                    </Row>
                  )}
                  {task.deadlineAt === null ? null : (
                    <Row icon={<IconClockX className="ic" size={14} stroke={1.8} />} at={task.deadlineAt}>
                      Closes as overdue
                    </Row>
                  )}
                </div>
                {task.deadlineAt === null ? <p>After the due time it is shown as late and can still be decided.</p> : null}
              </>
            )}
          </>
        ) : null}
      </div>
    </aside>
  );
}

function Row({ icon, at, children }: { icon: ReactNode; at: string; children: ReactNode }) {
  return (
    <div className="row g8">
      {icon}
      <span className="grow">{children}</span>
      <span className="num t2">{formatMomentShort(at)}</span>
    </div>
  );
}

function trailIcon(what: TaskDetail['trail'][number]['what']): ReactNode {
  switch (what) {
    case 'created':
      return <IconInbox className="ic" size={13} stroke={1.8} />;
    case 'claimed':
      return <IconUserCheck className="ic" size={13} stroke={1.8} />;
    case 'released':
      return <IconUserMinus className="ic" size={13} stroke={1.8} />;
    case 'decided':
      return <StatusIcon shape="completed" size={12} />;
    case 'assigned':
    case 'delegated':
      return <IconUserShare className="ic" size={13} stroke={1.8} />;
    case 'voted':
      return <IconCheckbox className="ic" size={13} stroke={1.8} />;
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

function trailWords(what: TaskDetail['trail'][number]['what'], who: string, outcome: string): string {
  switch (what) {
    case 'created':
      return 'Task created';
    case 'claimed':
      return `${who} claimed the task`;
    case 'released':
      return `${who} released the task`;
    case 'decided':
      return `${who} chose ${outcome}`;
    case 'assigned':
      return `${who} assigned the task`;
    case 'delegated':
      return `${who} delegated the task`;
    case 'voted':
      return `${who} voted ${outcome}`;
    case 'reminded':
      return 'Reminder sent';
    case 'escalated':
      return 'Escalated';
    case 'expired':
      return 'The deadline passed';
    case 'cancelled':
      return 'No longer needed';
  }
}
