import { IconDatabaseCog } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import type { EntityEvent, RequestSource } from '@perdure/engine';
import type { EntityDetail } from '@perdure/server/contract';
import { describeError } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { useRefusalOnEntities } from '../api/use-refusal.ts';
import { Button } from '../components/button.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { type ListColumn, ListTable } from '../components/list-table.tsx';
import { JsonView } from '../components/json-view.tsx';
import { formatClockMs, formatMoment } from '../components/moment.ts';
import { SkeletonRows } from '../components/skeleton.tsx';
import { LiveMark } from '../shell/live-mark.tsx';
import { Breadcrumb, TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { entityEventWords, queueWords } from './entity-words.ts';
import { SignalDialog } from './signal-dialog.tsx';
import './entities.css';

const route = getRouteApi('/shell/entities/$name');

export function EntityPage() {
  const { name } = route.useParams();
  const { key } = route.useSearch();
  const title = `${name}@${key}`;
  useDocumentTitle(title);
  const [signalling, setSignalling] = useState(false);
  const refusal = useRefusalOnEntities('instance.operate', 'Your role may not signal entities');
  const entity = useQuery(trpc.entities.get.queryOptions({ name, key }));
  return (
    <>
      <TopBar>
        <Breadcrumb
          crumbs={[
            { label: 'Entities', to: { to: '/entities' } },
            { label: name, to: { to: '/entities', search: { type: name } } },
          ]}
          current={title}
          mono
        />
        <CopyButton text={title} label="Copy name and key" />
        <span style={{ marginLeft: 4 }}>
          <LiveMark />
        </span>
        <span className="grow" />
        <Button look="primary" icon={<IconDatabaseCog className="ic" stroke={1.8} />} refusal={refusal} onClick={() => setSignalling(true)}>
          Signal…
        </Button>
      </TopBar>
      {entity.isPending ? <SkeletonRows rows={8} label="Loading the entity" /> : null}
      {entity.isError && !entity.data ? (
        <ErrorState
          error={entity.error}
          {...(describeError(entity.error).transient ? { onRetry: () => void entity.refetch() } : {})}
          wayOut={
            <Link to="/entities" className="btn">
              Open the entities
            </Link>
          }
        />
      ) : null}
      {entity.data ? <Loaded entity={entity.data} /> : null}
      {signalling ? <SignalDialog entity={{ name, key }} onClose={() => setSignalling(false)} /> : null}
    </>
  );
}

function Loaded({ entity }: { entity: EntityDetail }) {
  const { lockedBy } = entity;
  return (
    <div className="entity-page">
      <dl className="entity-facts">
        <Fact name="Type">
          <Link to="/entity-types/$name" params={{ name: entity.name }} className="lnk">
            {entity.name}
          </Link>{' '}
          <span className="t3">{entity.version === 0 ? '' : `v${entity.version}`}</span>
        </Fact>
        <Fact name="Locked by">
          {lockedBy === null ? (
            <span className="t3">Nobody</span>
          ) : (
            <Link to="/instances/$id" params={{ id: lockedBy.instanceId }} className="lnk mono">
              {lockedBy.instanceId}
            </Link>
          )}
        </Fact>
        <Fact name="Waiting">{queueWords(entity)}</Fact>
        <Fact name="Last operation">{entity.lastOperationAt === null ? 'None yet' : formatMoment(entity.lastOperationAt)}</Fact>
        <Fact name="Began">{formatMoment(entity.startedAt)}</Fact>
      </dl>
      <div className="entity-cols">
        <section className="card entity-state" aria-labelledby="entity-state">
          <div className="hd">
            <h2 id="entity-state">State</h2>
            <span className="grow" />
            {entity.exists ? <CopyButton text={() => JSON.stringify(entity.state, null, 2)} label="Copy the state" /> : null}
          </div>
          <div className="bd">
            {entity.exists ? (
              <JsonView value={entity.state} label="State" />
            ) : (
              <span className="t3">It has no state: nothing changed it yet, or it was deleted.</span>
            )}
          </div>
          {entity.queued > 0 ? <Waiting entity={entity} /> : null}
        </section>
        <section className="card entity-events" aria-labelledby="entity-events">
          <div className="hd">
            <h2 id="entity-events">What happened</h2>
            <span className="t3 s12 num">
              {entity.events.length < entity.seq ? `last ${entity.events.length} of ${entity.seq}` : entity.seq}{' '}
              {entity.seq === 1 ? 'event' : 'events'}
            </span>
          </div>
          <EventTable events={entity.events} />
        </section>
      </div>
    </div>
  );
}

/** Those who wait until the lock is released, the next one first. */
function Waiting({ entity: { queued, waiting } }: { entity: EntityDetail }) {
  return (
    <div className="entity-waiting" role="region" aria-labelledby="entity-waiting" tabIndex={0}>
      <h3 id="entity-waiting">Waiting for the lock</h3>
      <ol>
        {waiting.map(({ operation, from }, place) => (
          // Places do not move: whoever is taken up makes a new list.
          <li key={place}>
            <span className="mono ell">{operation ?? 'lock'}</span>
            <Source from={from} />
          </li>
        ))}
      </ol>
      {queued > waiting.length ? <p className="t3 s12">and {queued - waiting.length} more</p> : null}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="ell">{children}</dd>
    </div>
  );
}

const EVENT_COLUMNS: readonly ListColumn[] = [
  { title: 'At', width: 104 },
  { title: 'What', width: 106 },
  { title: 'Operation', width: '22%' },
  { title: 'Outcome' },
  { title: 'From', width: '18%' },
];

function EventTable({ events }: { events: EntityEvent[] }) {
  return (
    <div className="entity-events-scroll" role="region" aria-label="What happened, newest first" tabIndex={0}>
      <ListTable label="What happened" columns={EVENT_COLUMNS}>
        {events.toReversed().map((event) => {
          const { shape, what, operation, outcome, from } = entityEventWords(event);
          return (
            <tr key={event.seq}>
              <td className="mono t3" title={formatMoment(event.at)}>
                {formatClockMs(event.at)}
              </td>
              <td>
                <span className="row g6">
                  {shape === null ? <span style={{ width: 12 }} /> : <StatusIcon shape={shape} size={12} />}
                  {what}
                </span>
              </td>
              <td className="ell mono" title={operation}>
                {operation}
              </td>
              <td className="ell t2" title={outcome}>
                {outcome}
              </td>
              <td className="ell">{from === null ? null : <Source from={from} />}</td>
            </tr>
          );
        })}
      </ListTable>
    </div>
  );
}

function Source({ from }: { from: RequestSource }) {
  switch (from.kind) {
    case 'workflow':
      return (
        <Link to="/instances/$id" params={{ id: from.instanceId }} className="lnk mono" title={from.instanceId} preload={false}>
          {from.instanceId}
        </Link>
      );
    case 'entity': {
      const [, name = '', ...key] = from.entity.split('@');
      return (
        <Link to="/entities/$name" params={{ name }} search={{ key: key.join('@') }} className="lnk mono" preload={false}>
          {from.entity.slice(1)}
        </Link>
      );
    }
    case 'api':
      return <span className="t2">{from.by}</span>;
  }
}
