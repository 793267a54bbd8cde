import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { memo, useEffect, useState, useSyncExternalStore } from 'react';
import type { Failure, HistoryEvent } from '@perdure/engine';
import type { Json, NodeId } from '@perdure/graph';
import type { InstanceDetail } from '@perdure/server/contract';
import { client } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { formatMoment } from '../components/moment.ts';
import { Tabs } from '../components/tabs.tsx';
import { StatusIcon, type StatusShape } from '../status/status-icon.tsx';
import { countText } from './count-text.ts';
import { DataBlock } from './data-block.tsx';
import { FailureNote } from './failure-note.tsx';
import { frameWords, type StepRecord } from './fold-steps.ts';
import type { InstanceRun } from './instance-run.ts';
import { InstanceChildList } from './instance-children.tsx';
import { InstanceTasks, TaskList } from './instance-tasks.tsx';
import { JsonBlock } from './json-block.tsx';
import { momentData, type MomentData } from './moment-data.ts';
import { RelatedList } from './related-list.tsx';
import { StuckNote } from './stuck-note.tsx';

type InstanceTab = 'data' | 'variables' | 'tokens' | 'related';

/** No step chosen: what went in and came out, and what the instance held at the moment shown. */
export const InstancePanel = memo(function InstancePanel({
  instance,
  run,
  isPast,
  titleOf,
  onStep,
}: {
  instance: InstanceDetail;
  run: InstanceRun;
  /** The run changes in place: this tells. */
  grown: number;
  isPast: boolean;
  titleOf: (node: NodeId) => string;
  onStep: (node: NodeId, step: StepRecord | null) => void;
}) {
  const [tab, setTab] = useState<InstanceTab>('data');
  const moment = useMoment(run, tab === 'variables' || tab === 'tokens');
  const open = instance.completedAt === null;
  const openTasks = instance.tasks.rows.filter((task) => task.status === 'open');
  const related = { value: instance.children.count + instance.tasks.count.value, exact: instance.tasks.count.exact };
  return (
    <section className="step-panel" aria-label="Instance">
      <div className="step-head">
        <div className="grow">
          <h2 className="ell">{instance.workflowTitle}</h2>
          <div className="row g6 s12 t2">Choose a step on the canvas to see its data</div>
        </div>
      </div>
      <div className="step-tabs">
        <Tabs<InstanceTab>
          label="Instance"
          height={34}
          panelId="instance-tab-panel"
          value={tab}
          onChange={setTab}
          items={[
            { key: 'data', label: 'Data' },
            { key: 'variables', label: 'Variables' },
            { key: 'tokens', label: 'Tokens' },
            { key: 'related', label: 'Related', count: related.value > 0 ? <span className="nb">{countText(related)}</span> : undefined },
          ]}
        />
      </div>
      <div className="step-body" id="instance-tab-panel" role="tabpanel" aria-label={tab} tabIndex={0}>
        {tab === 'data' ? (
          <>
            {isFailure(instance.failure) && !isPast ? (
              <FailureNote failure={instance.failure} title={failedAt(instance.failure, titleOf)} />
            ) : null}
            {instance.stuck !== null && !isPast ? <StuckNote cause={instance.stuck} /> : null}
            {openTasks.length > 0 && !isPast ? <TaskList title="Open tasks" tasks={openTasks} /> : null}
            <DataBlock title="Input" value={instance.input} instanceId={instance.id} none="Started without input." />
            <DataBlock
              title="Output"
              value={open || instance.status === 'Failed' || isPast ? undefined : instance.output}
              instanceId={instance.id}
              none={isPast ? 'Not there yet at this moment.' : open ? 'Not there yet.' : 'None: it failed before its end.'}
            />
          </>
        ) : tab === 'related' ? (
          <Related instance={instance} />
        ) : moment === undefined ? (
          <p className="t3 s12" style={{ padding: '12px 16px' }}>
            Loading…
          </p>
        ) : tab === 'variables' ? (
          <Variables moment={moment} instanceId={instance.id} />
        ) : (
          <Tokens
            moment={moment}
            titleOf={titleOf}
            onStep={(token) => onStep(token.node, token.step === null ? null : (run.steps.steps.get(token.step) ?? null))}
          />
        )}
      </div>
    </section>
  );
});

/** What the engine held after the event shown. Undefined while nothing is known; the one before while the next is folded. */
function useMoment(run: InstanceRun, wanted: boolean): MomentData | undefined {
  const [moment, setMoment] = useState<MomentData>();
  const seq = useSyncExternalStore(run.subscribe, () => (wanted ? run.seq : null));
  useEffect(() => {
    if (seq === null) return;
    let passed = false;
    run.states
      .at(seq, momentData, () => !passed)
      .then(
        (found) => {
          if (!passed) setMoment(found);
        },
        () => undefined, // the list of events tells that the history cannot be loaded
      );
    return () => {
      passed = true;
    };
  }, [run, seq]);
  return moment;
}

function Variables({ moment, instanceId }: { moment: MomentData; instanceId: string }) {
  const names = Object.keys(moment.vars);
  return (
    <>
      {names.length === 0 ? (
        <p className="t3 s12" style={{ padding: '12px 16px 0' }}>
          No variables have been set up to event {moment.seq.toLocaleString('en')}.
        </p>
      ) : null}
      {names.map((name) => (
        <DataBlock key={name} title={name} value={moment.vars[name]} instanceId={instanceId} none="" />
      ))}
      {moment.customStatus === null ? null : (
        <DataBlock title="Custom status" value={moment.customStatus} instanceId={instanceId} none="" />
      )}
    </>
  );
}

const TOKEN_WORDS: Record<MomentData['tokens'][number]['kind'], string> = {
  activity: 'Activity',
  timer: 'Timer',
  event: 'Waits for an event',
  humanTask: 'Waits for a person',
  subWorkflow: 'Waits for a sub-workflow',
  entityCall: 'Waits for an entity',
  container: 'Container',
  join: 'Waits for more tokens',
};

function Tokens({
  moment,
  titleOf,
  onStep,
}: {
  moment: MomentData;
  titleOf: (node: NodeId) => string;
  onStep: (token: MomentData['tokens'][number]) => void;
}) {
  return (
    <>
      <div className="rel">
        <h3>{moment.tokens.length === 0 ? 'Nothing is open after this event' : `Open after event ${moment.seq.toLocaleString('en')}`}</h3>
        <ul>
          {moment.tokens.map((token, at) => (
            // Two tokens may wait at one join; a token has no other identity than its place.
            <li key={at}>
              <StatusIcon shape={token.waits ? 'waiting' : 'running'} size={13} />
              <button type="button" className="plain lnk ell" onClick={() => onStep(token)}>
                {titleOf(token.node)}
              </button>
              <span className="t3 ell">{[frameWords(token.frame), TOKEN_WORDS[token.kind]].filter(Boolean).join(', ')}</span>
            </li>
          ))}
        </ul>
      </div>
      {moment.buffered.length === 0 ? null : (
        <div className="rel">
          <h3>Events kept until a step waits for them</h3>
          <ul>
            {moment.buffered.map(({ name, count }) => (
              <li key={name}>
                <span className="mono">{name}</span>
                {count > 1 ? <span className="t3 num">×{count}</span> : null}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Related({ instance }: { instance: InstanceDetail }) {
  return (
    <>
      {instance.parentInstanceId === null ? null : (
        <RelatedList title="Parent">
          <li>
            <Link to="/instances/$id" params={{ id: instance.parentInstanceId }} className="lnk mono ell">
              {instance.parentInstanceId}
            </Link>
          </li>
        </RelatedList>
      )}
      {instance.restartedFrom === null ? null : (
        <RelatedList title="Restarted from">
          <li>
            <Link to="/instances/$id" params={{ id: instance.restartedFrom }} className="lnk mono ell">
              {instance.restartedFrom}
            </Link>
          </li>
        </RelatedList>
      )}
      {instance.tasks.rows.length > 0 ? <InstanceTasks key={instance.id} instance={instance} /> : null}
      {instance.children.count === 0 ? null : <InstanceChildList key={`${instance.id} children`} instance={instance} />}
      {instance.tasks.rows.length + instance.children.count === 0 &&
      instance.parentInstanceId === null &&
      instance.restartedFrom === null ? (
        <p className="t3 s12" style={{ padding: '12px 16px' }}>
          No tasks, sub-workflows or parent belong to this instance.
        </p>
      ) : null}
    </>
  );
}

function failedAt(failure: Failure & { [key: string]: Json }, titleOf: (node: NodeId) => string): string {
  const { node } = failure;
  return typeof node === 'string' ? titleOf(node as NodeId) : 'Failed'; // the engine wrote it there
}

function isFailure(value: Json): value is Failure & { [key: string]: Json } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value['code'] === 'string' &&
    typeof value['message'] === 'string'
  );
}

/** One history event as it is stored. */
export function EventPanel({
  instanceId,
  event,
  shape,
  detail,
  hasStep,
  onStep,
  onClose,
}: {
  instanceId: string;
  event: HistoryEvent;
  shape: StatusShape | null;
  detail: string;
  hasStep: boolean;
  onStep: () => void;
  onClose: () => void;
}) {
  // What the page folds may lack large values.
  const whole = useQuery({
    queryKey: ['event', instanceId, event.seq, event.at],
    queryFn: async () => (await client.instances.history.query({ id: instanceId, afterSeq: event.seq - 1, limit: 1 })).events[0] ?? null,
    staleTime: Infinity,
  });
  return (
    <section className="step-panel" aria-label="Event">
      <div className="step-head">
        <span className="chip">
          {shape === null ? <i className="dotn" style={{ margin: 0 }} /> : <StatusIcon shape={shape} size={16} />}
        </span>
        <div className="grow">
          <h2 className="ell">
            <span className="num t3 b4">{event.seq.toLocaleString('en')}</span> {event.type}
          </h2>
          <div className="s12 t2 ell">
            {formatMoment(event.at)}
            {detail === '' ? '' : `, ${detail}`}
          </div>
        </div>
        {hasStep ? (
          <Button size="sm" onClick={onStep}>
            Show step
          </Button>
        ) : null}
        <Button look="ghost" icon={<IconX className="ic" stroke={1.8} />} aria-label="Close event" onClick={onClose} />
      </div>
      <div className="step-body" style={{ borderTop: '1px solid var(--border-1)' }}>
        {/* The event came as JSON, so it is JSON. */}
        <JsonBlock title="Event">{(whole.data ?? event) as unknown as Json}</JsonBlock>
      </div>
    </section>
  );
}
