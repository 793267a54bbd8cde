import { IconArrowLeft, IconArrowUpRight, IconClock, IconClockPause, IconHandGrab, IconHandOff, IconUserShare } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Ref } from 'react';
import type { TaskDetail } from '@perdure/server/contract';
import { useMayIn } from '../api/use-me.ts';
import { Button } from '../components/button.tsx';
import { formatDay, formatLeft, formatMomentShort, useNow } from '../components/moment.ts';
import { versionWords } from '../components/version-words.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { FollowUpMenu } from './follow-up-menu.tsx';
import type { TaskActions } from './use-task-actions.ts';

/** What the task is called, where it comes from, when it is due, and whose it is to become. */
export function TaskHead({
  task,
  actions,
  onBack,
  heading,
}: {
  task: TaskDetail;
  actions: TaskActions;
  /** At phone width the list is another page. */
  onBack: () => void;
  heading: Ref<HTMLHeadingElement>;
}) {
  const mayReadInstance = useMayIn('instance.read', task.folder);
  const open = task.status === 'open';
  const handing = actions.holds ? 'Delegate…' : 'Assign…';
  return (
    <header className="thead">
      <div className="row g8">
        <button type="button" className="btn ghost icon back" aria-label="Back to the list" onClick={onBack}>
          <IconArrowLeft className="ic" stroke={1.8} />
        </button>
        <h2 className="grow ell" title={task.title} ref={heading} tabIndex={-1}>
          {task.title}
        </h2>
        {open ? (
          <div className="row acts" role="group" aria-label="Whose task this is">
            {actions.holds ? (
              <Button
                look="ghost"
                size="sm"
                icon={<IconHandOff className="ic" stroke={1.8} />}
                keys={['u']}
                refusal={task.refusals.release}
                busy={actions.isReleasing}
                onClick={actions.release}
              >
                Release
              </Button>
            ) : (
              <Button
                look={task.refusals.claim === null ? 'plain' : 'ghost'}
                size="sm"
                icon={<IconHandGrab className="ic" stroke={1.8} />}
                keys={['c']}
                refusal={task.refusals.claim}
                busy={actions.isClaiming}
                onClick={actions.claim}
              >
                Claim
              </Button>
            )}
            {actions.holds || actions.mayAssign ? (
              <Button
                look="ghost"
                size="sm"
                className="wordy"
                title={handing}
                icon={<IconUserShare className="ic" stroke={1.8} />}
                keys={['d']}
                refusal={actions.holds ? task.refusals.delegate : task.refusals.assign}
                onClick={actions.handOn}
              >
                {handing}
              </Button>
            ) : null}
            <FollowUpMenu task={task} opened={actions.followUpOpened} onOpened={actions.setFollowUpOpened} onChoose={actions.followUp} />
          </div>
        ) : null}
      </div>
      <div className="row s12 t2 about">
        <span className="ell">
          {task.workflowTitle} {versionWords(task.version)}, created {formatMomentShort(task.createdAt)}
        </span>
        {mayReadInstance ? (
          <Link to="/instances/$id" params={{ id: task.instanceId }} className="lnk row g4 nowrap">
            Open instance
            <IconArrowUpRight className="ic" size={12} stroke={1.8} />
          </Link>
        ) : null}
        <span className="grow" />
        {open ? <DueLine task={task} /> : null}
      </div>
    </header>
  );
}

function DueLine({ task: { dueAt, followUpAt } }: { task: TaskDetail }) {
  const now = useNow(30_000);
  const isPutOff = followUpAt !== null && Date.parse(followUpAt) > now;
  if (dueAt === null && !isPutOff) return null;
  const late = dueAt !== null && Date.parse(dueAt) < now;
  return (
    <span className="row g12">
      {isPutOff ? (
        <span className="row g4 num nowrap">
          <IconClockPause className="ic" size={13} stroke={1.8} />
          Put off until {formatDay(followUpAt, now)}
        </span>
      ) : null}
      {dueAt === null ? null : (
        <span className={late ? 'row g4 b5 num nowrap due over' : 'row g4 b5 t1 num nowrap'}>
          {late ? <StatusIcon shape="warning" size={12} /> : <IconClock className="ic" size={13} stroke={1.8} />}
          Due {formatMomentShort(dueAt, now)}, {formatLeft(dueAt, now)}
        </span>
      )}
    </span>
  );
}
