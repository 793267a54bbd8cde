import { IconBell, IconClock, IconClockX, IconStairsUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { TaskDetail } from '@perdure/server/contract';
import { formatMomentShort } from '../components/moment.ts';
import { StatusIcon } from '../status/status-icon.tsx';

/** Who may decide, and what happens by itself if nobody does. */
export function TaskPlan({ task }: { task: TaskDetail }) {
  return (
    <>
      <h3>Who may decide</h3>
      <p className="s12">{task.candidates.length === 0 ? 'Everybody with the right to decide' : task.candidates.join(', ')}</p>
      {task.status === 'open' ? (
        <section aria-label="What happens if nobody acts">
          <h3>What happens if nobody acts</h3>
          {task.schedule.length === 0 ? (
            <p className="s12">Nothing. The instance waits, and holds no process or memory while it does.</p>
          ) : (
            <ol className="esc">
              {task.schedule.map((step) => (
                <li key={step.what + step.at} className={step.done ? 'row g8 done' : 'row g8'}>
                  {step.done && step.what !== 'due' ? <StatusIcon shape="completed" size={12} /> : planIcon(step.what)}
                  <span className="grow">
                    {planWords(step)}
                    {step.done ? <span className="visually-hidden">, done</span> : null}
                  </span>
                  <time className="num t2 nowrap" dateTime={step.at}>
                    {formatMomentShort(step.at)}
                  </time>
                </li>
              ))}
            </ol>
          )}
          {task.dueAt !== null && task.deadlineAt === null ? (
            <p className="s12 t3" style={{ marginTop: 8 }}>
              After the due time it is shown as late and can still be decided.
            </p>
          ) : null}
        </section>
      ) : null}
    </>
  );
}

type Step = TaskDetail['schedule'][number];

function planIcon(what: Step['what']): ReactNode {
  switch (what) {
    case 'reminder':
      return <IconBell className="ic" size={14} stroke={1.8} />;
    case 'due':
      return <IconClock className="ic" size={14} stroke={1.8} />;
    case 'escalation':
      return <IconStairsUp className="ic" size={14} stroke={1.8} />;
    case 'deadline':
      return <IconClockX className="ic" size={14} stroke={1.8} />;
  }
}

function planWords({ what, to, done }: Step): string {
  switch (what) {
    case 'reminder':
      return to.length === 0 ? 'Reminder' : `Reminder to ${to.join(', ')}`;
    case 'due':
      return done ? 'Was due' : 'Due';
    case 'escalation':
      return to.length === 0 ? 'Escalated' : `Escalated to ${to.join(', ')}`;
    case 'deadline':
      return 'Closes through Overdue';
  }
}
