import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { versionWords } from '../components/version-words.ts';
import { TagList } from '../components/tag-list.tsx';
import { formatMoment } from '../components/moment.ts';
import { InstanceElapsed } from './instance-elapsed.tsx';
import { WhereAndWhy } from './where-and-why.tsx';

export function InstanceFacts({ instance }: { instance: InstanceDetail }) {
  const finished = instance.completedAt !== null;
  return (
    <dl className="facts">
      <Fact name="Version" keep>
        {instance.isTest ? <span className="tag">Test</span> : null} {versionWords(instance.version)}{' '}
        {instance.version < 0 ? null : <span className="t3">pinned</span>}
      </Fact>
      <Fact name="Started" keep>
        {formatMoment(instance.createdAt)} <span className="t3">by {instance.startedBy}</span>
      </Fact>
      <Fact name={finished ? 'Took' : 'Elapsed'} keep>
        <span className="num">
          <InstanceElapsed createdAt={instance.createdAt} completedAt={instance.completedAt} />
        </span>
      </Fact>
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
    </dl>
  );
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
