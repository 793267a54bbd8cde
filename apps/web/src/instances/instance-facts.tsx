import { Link } from '@tanstack/react-router';
import { memo, useMemo, type ReactNode } from 'react';
import { formatDuration } from '@perdure/graph';
import type { InstanceDetail } from '@perdure/server/contract';
import { useMayIn } from '../api/use-me.ts';
import { AuditLink } from '../settings/audit/audit-link.tsx';
import { whoInWords } from '../components/who-in-words.ts';
import { versionWords } from '../components/version-words.ts';
import { TagList } from '../components/tag-list.tsx';
import { formatMoment, useNow } from '../components/moment.ts';
import type { InstanceRun } from './instance-run.ts';
import { useAtMost } from './use-at-most.ts';
import { activeTimeMs } from './timeline-rows.ts';
import { InstanceElapsed } from './instance-elapsed.tsx';
import { WhereAndWhy } from './where-and-why.tsx';

/** Of the instance as it is: nothing of it depends on the moment shown. */
export const InstanceFacts = memo(function InstanceFacts({
  instance,
  run,
  nameOf,
}: {
  instance: InstanceDetail;
  run: InstanceRun;
  /** The run changes in place: this tells. */
  grown: number;
  nameOf: (person: string) => string;
}) {
  const mayReadAudit = useMayIn('audit.read', '');
  const finished = instance.completedAt !== null;
  const suspension = instance.status === 'Suspended' ? lastSuspension(run) : undefined;
  const migratedFrom = instance.versions.at(-2)?.version;
  return (
    <dl className="facts">
      <Fact name="Version" keep>
        {instance.isTest ? <span className="tag">Test</span> : null} {versionWords(instance.version)}{' '}
        {instance.version < 0 ? null : (
          <span className="t3">{migratedFrom === undefined ? 'pinned' : `migrated from ${versionWords(migratedFrom)}`}</span>
        )}
      </Fact>
      <Fact name="Started" keep>
        {formatMoment(instance.createdAt)} <span className="t3">by {whoInWords(instance.startedBy)}</span>
      </Fact>
      <Fact name={finished ? 'Took' : 'Elapsed'} keep>
        <span className="num">
          <InstanceElapsed createdAt={instance.createdAt} completedAt={instance.completedAt} />
        </span>
      </Fact>
      <ActiveTime run={run} finished={finished} />
      {suspension ? (
        <Fact name="Suspended">
          {formatMoment(suspension.at)} <span className="t3">by {nameOf(suspension.by)}</span>
          {suspension.reason === '' ? '' : `: ${suspension.reason}`}
        </Fact>
      ) : null}
      {finished ? (
        <Fact name="Ended" keep>
          {formatMoment(instance.completedAt ?? instance.updatedAt)}
        </Fact>
      ) : null}
      {instance.whereabouts && instance.whereabouts.kind !== 'none' ? (
        <Fact name={whereName(instance.whereabouts.kind, instance.status)}>
          <WhereAndWhy row={instance} />
        </Fact>
      ) : null}
      {finished ? null : (
        <Fact name="Runs on" keep>
          {instance.worker ?? 'No worker'} <span className="t3">partition {instance.partition}</span>
        </Fact>
      )}
      {instance.parentInstanceId === null ? null : (
        <Fact name="Parent">
          <Link to="/instances/$id" params={{ id: instance.parentInstanceId }} className="lnk mono">
            {instance.parentInstanceId}
          </Link>
        </Fact>
      )}
      {instance.tags.length === 0 ? null : (
        <Fact name="Tags">
          <TagList tags={instance.tags} most={3} />
        </Fact>
      )}
      {mayReadAudit ? (
        <Fact name="What people did">
          <AuditLink search={{ target: `instance:${instance.id}` }}>Audit log</AuditLink>
        </Fact>
      ) : null}
    </dl>
  );
});

/** How long something worked for it: activities of one time counted once. */
function ActiveTime({ run, finished }: { run: InstanceRun; finished: boolean }) {
  const tick = useNow(1_000);
  const moved = useAtMost(tick, run.steps.revision);
  // Without an attempt under way nothing of it passes.
  const isAtWork = [...run.steps.openSteps].some((step) => step.child === null && step.attempts.at(-1)?.endedAt === null);
  const now = finished || !isAtWork ? 0 : tick;
  const activeMs = useMemo(
    () => (run.isLoaded ? activeTimeMs(run.steps, now === 0 ? (run.steps.finishedAt ?? Date.now()) : now) : null),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the fold changes in place; `moved` tells, at most once a second
    [run, run.isLoaded, moved, now],
  );
  return activeMs === null ? null : (
    <Fact name="Active time" keep>
      <span className="num">{formatDuration(activeMs)}</span>
    </Fact>
  );
}

function lastSuspension(run: InstanceRun): { at: number; by: string; reason: string } | undefined {
  for (let seq = run.head; seq >= 1; seq -= 1) {
    const event = run.event(seq);
    if (event?.type === 'ExecutionSuspended') return event;
    if (event === undefined || event.type === 'ExecutionResumed') return undefined;
  }
  return undefined;
}

function whereName(kind: NonNullable<InstanceDetail['whereabouts']>['kind'], status: InstanceDetail['status']): string {
  if (kind === 'failure') return 'Failed at';
  if (kind === 'quarantined') return 'Held at';
  return status === 'Waiting' ? 'Waits for' : 'Where';
}

function Fact({ name, keep = false, children }: { name: string; keep?: boolean; children: ReactNode }) {
  return (
    <div className={keep ? 'fact keep' : 'fact'}>
      <dt>{name}</dt>
      <dd className="ell">{children}</dd>
    </div>
  );
}
