import { IconChevronLeft, IconChevronRight, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { activityKey, executionId as asExecutionId, instanceId as asInstanceId, type Failure, type HistoryEvent } from '@perdure/engine';
import { formatDuration, standardCatalogue, type GraphNode, type Json } from '@perdure/graph';
import type { InstanceDetail } from '@perdure/server/contract';
import { NodeChip } from '../canvas/node-icon.tsx';
import { Button } from '../components/button.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { JsonView } from '../components/json-view.tsx';
import { formatClockMs, formatElapsed, formatMoment, formatMomentShort, useNow } from '../components/moment.ts';
import { Tabs } from '../components/tabs.tsx';
import { versionWords } from '../components/version-words.ts';
import { StatusIcon, statusShape, type StatusShape } from '../status/status-icon.tsx';
import { DataBlock } from './data-block.tsx';
import { frameWords, type StepRecord } from './fold-steps.ts';
import { QuarantineNote } from './quarantine-note.tsx';

type StepTab = 'data' | 'attempts' | 'settings';

const WORDS: Record<StepRecord['status'], string> = {
  running: 'Running',
  waiting: 'Waiting',
  completed: 'Completed',
  failed: 'Failed',
  canceled: 'Canceled',
};

interface StepPanelProps {
  instance: InstanceDetail;
  node: GraphNode;
  /** All visits of the node, in order. */
  records: readonly StepRecord[];
  /** Which of them is shown. */
  at: number;
  onAt: (at: number) => void;
  onClose: () => void;
}

/** One step: its data first, then attempts and what the version says about the node. */
export function StepPanel({ instance, node, records, at, onAt, onClose }: StepPanelProps) {
  const [tab, setTab] = useState<StepTab>('data');
  const step = records[at];
  return (
    <section className="step-panel" aria-label="Step">
      <div className="step-head">
        <NodeChip type={standardCatalogue.get(node.type)} />
        <div className="grow">
          <h2 className="ell">{node.title}</h2>
          <div className="row g6 s12 t2 nowrap">{step ? <StepLine step={step} /> : <NotReached />}</div>
        </div>
        {records.length > 1 ? (
          <span className="pager" role="group" aria-label="Visits">
            <button type="button" className="plain" aria-label="Earlier visit" disabled={at === 0} onClick={() => onAt(at - 1)}>
              <IconChevronLeft size={13} stroke={1.8} />
            </button>
            <span className="num" style={{ padding: '0 2px' }}>
              {step && step.frame !== '' ? 'Visit' : 'Pass'} {at + 1} of {records.length.toLocaleString('en')}
            </span>
            <button
              type="button"
              className="plain"
              aria-label="Later visit"
              disabled={at >= records.length - 1}
              onClick={() => onAt(at + 1)}
            >
              <IconChevronRight size={13} stroke={1.8} />
            </button>
          </span>
        ) : null}
        <Button look="ghost" icon={<IconX className="ic" stroke={1.8} />} aria-label="Close step" onClick={onClose} />
      </div>
      <div className="step-tabs">
        <Tabs<StepTab>
          label="Step"
          height={34}
          panelId="step-tab-panel"
          value={tab}
          onChange={setTab}
          items={[
            { key: 'data', label: 'Data' },
            {
              key: 'attempts',
              label: 'Attempts',
              count: step && step.attempts.length > 0 ? <span className="nb">{step.attempts.length}</span> : undefined,
            },
            { key: 'settings', label: `Settings in ${versionWords(instance.version)}` },
          ]}
        />
      </div>
      <div className="step-body" id="step-tab-panel" role="tabpanel" aria-label={tab} tabIndex={0}>
        {tab === 'settings' ? (
          <Settings node={node} />
        ) : !step ? (
          <p className="t3" style={{ padding: '12px 16px' }}>
            No token has reached this node in this instance.
          </p>
        ) : tab === 'attempts' ? (
          <AttemptDetails instance={instance} step={step} />
        ) : (
          <StepData instance={instance} step={step} />
        )}
      </div>
    </section>
  );
}

function NotReached() {
  return (
    <>
      <StatusIcon shape="pending" size={12} />
      Not reached
    </>
  );
}

function StepLine({ step }: { step: StepRecord }) {
  const now = useNow(1_000);
  const wait = step.waits.find((one) => one.to === null);
  const length = formatDuration(Math.max(0, (step.closedAt ?? now) - step.openedAt));
  const where = frameWords(step.frame);
  const words = [
    step.isPinned
      ? 'Pinned'
      : step.closedAt === null
        ? step.status === 'waiting'
          ? waitWords(step, wait?.until ?? null, now)
          : `${WORDS[step.status]} for ${length}`
        : `${WORDS[step.status]} in ${length}`,
    step.attempts.length > 1 ? `attempt ${step.attempts.length}` : '',
    where,
  ];
  return (
    <>
      <StatusIcon shape={step.status} size={12} />
      <span className="ell">{words.filter(Boolean).join(', ')}</span>
    </>
  );
}

function waitWords(step: StepRecord, until: number | null, now: number): string {
  switch (step.waits.find((one) => one.to === null)?.kind) {
    case 'retry':
      return until === null ? 'Waits for its retry' : `Retry in ${formatDuration(Math.max(0, until - now))}`;
    case 'quarantine':
      return 'Held in quarantine';
    case 'timer':
      return until === null ? 'Waits' : `Waits until ${formatMomentShort(until)}`;
    case 'event':
      return `Waits for event ${step.eventName ?? ''}`;
    case 'task':
      return 'Waits for a person';
    case 'join':
      return 'Waits for more tokens';
    case 'subWorkflow':
      return `Waits for ${step.child ?? 'a sub-workflow'}`;
    case 'entity':
      return `Waits for ${step.entity?.slice(1) ?? 'an entity'}`;
    case 'lock':
      return 'Waits to lock its entities';
    default:
      return 'Waiting';
  }
}

function StepData({ instance, step }: { instance: InstanceDetail; step: StepRecord }) {
  return (
    <>
      {step.heldAfter === null ? null : <QuarantineNote instance={instance} step={step} heldAfter={step.heldAfter} />}
      {step.attempts.length > 0 ? <AttemptList step={step} /> : null}
      <ReceiverKey instance={instance} step={step} />
      {step.failure && step.status === 'failed' ? <FailureNote failure={step.failure} /> : null}
      {step.task ? <TaskLink instance={instance} step={step} /> : null}
      {step.child ? (
        <div className="receiver">
          Sub-workflow
          <Link to="/instances/$id" params={{ id: step.child }} className="lnk mono ell">
            {step.child}
          </Link>
        </div>
      ) : null}
      {step.port && step.closedAt !== null ? (
        <div className="receiver" style={{ marginTop: step.attempts.length > 0 ? 0 : 8 }}>
          Left by <span className="t1 b5">{step.port}</span>
        </div>
      ) : null}
      <DataBlock title="Input" value={step.input} instanceId={instance.id} none="This step takes no input of its own." />
      <DataBlock
        title="Output"
        value={step.output}
        instanceId={instance.id}
        none={step.closedAt === null ? 'Not there yet.' : 'This step has no output.'}
      />
    </>
  );
}

function AttemptList({ step }: { step: StepRecord }) {
  const now = useNow(1_000);
  return (
    <ol className="attempts" aria-label="Attempts">
      {step.attempts.map((attempt) => (
        <li key={attempt.number} className="at">
          <span className="num t3" style={{ minWidth: 8 }}>
            {attempt.number}
          </span>
          <span className="row g6" style={{ width: 86 }}>
            <StatusIcon shape={attempt.outcome === 'held' ? 'warning' : attempt.outcome} size={13} />
            <span className="b5">{attempt.outcome === 'held' ? 'Held' : WORDS[attempt.outcome]}</span>
          </span>
          <span className="mono t2" style={{ width: 90 }} title={formatMoment(attempt.startedAt)}>
            {formatClockMs(attempt.startedAt)}
          </span>
          <span className="num t2" style={{ minWidth: 44 }}>
            {formatElapsed(attempt.startedAt, attempt.endedAt ?? now)}
          </span>
          <span className="t2 ell grow" title={attempt.failure?.message}>
            {attempt.failure?.code ?? ''}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** What every attempt sends, so that its receiver can recognise a repetition. */
function ReceiverKey({ instance, step }: { instance: InstanceDetail; step: StepRecord }) {
  if (step.attempts.length === 0 || step.child !== null) return null;
  const key = activityKey(asInstanceId(instance.id), asExecutionId(instance.executionId), step.key);
  return (
    <div className="receiver">
      Key for the receiver
      <span className="mono t2 ell" title={key}>
        {key}
      </span>
      <CopyButton text={key} label="Copy key for the receiver" />
    </div>
  );
}

function AttemptDetails({ instance, step }: { instance: InstanceDetail; step: StepRecord }) {
  if (step.attempts.length === 0)
    return (
      <p className="t3" style={{ padding: '12px 16px' }}>
        This node makes no attempts: it does no work outside the workflow.
      </p>
    );
  return (
    <>
      <AttemptList step={step} />
      <ReceiverKey instance={instance} step={step} />
      {step.attempts.map((attempt) =>
        attempt.failure ? <FailureNote key={attempt.number} failure={attempt.failure} title={`Attempt ${attempt.number}`} /> : null,
      )}
      {step.waits
        .filter((wait) => wait.kind === 'retry' && wait.to === null)
        .map((wait) => (
          <div key={wait.from} className="receiver" style={{ marginTop: 8 }}>
            <StatusIcon shape="waiting" size={12} />
            Next attempt {wait.until === null ? 'soon' : `at ${formatClockMs(wait.until)}`}
          </div>
        ))}
    </>
  );
}

export function FailureNote({ failure, title }: { failure: Failure; title?: string }) {
  return (
    <div className="failure">
      <StatusIcon shape="failed" size={13} />
      <div className="grow">
        <p>
          {title === undefined ? '' : <span className="b5">{title}: </span>}
          <span className="mono">{failure.code}</span> {failure.message}
        </p>
        {failure.details === undefined ? null : (
          <details>
            <summary className="s12 t2">Details</summary>
            <JsonView value={failure.details} label="Error details" />
          </details>
        )}
      </div>
    </div>
  );
}

function TaskLink({ instance, step }: { instance: InstanceDetail; step: StepRecord }) {
  const task =
    instance.tasks.find((one) => one.node === step.node && one.status === 'open') ?? instance.tasks.find((one) => one.node === step.node);
  const { task: body } = step;
  if (!body) return null;
  return (
    <div className="rel">
      <h3>Human task</h3>
      <ul>
        <li>
          {task && step.closedAt === null ? (
            <Link to="/inbox" search={{ view: 'all', task: task.id }} className="lnk ell">
              {body.title}
            </Link>
          ) : (
            <span className="b5 ell">{body.title}</span>
          )}
          <span className="t3 ell">
            {task?.status === 'open'
              ? task.assignee
                ? `claimed by ${task.assignee.name}`
                : 'nobody has claimed it'
              : task?.decidedBy
                ? `${task.outcome ?? 'decided'} by ${task.decidedBy.name}`
                : ''}
          </span>
        </li>
      </ul>
    </div>
  );
}

function Settings({ node }: { node: GraphNode }) {
  const type = standardCatalogue.get(node.type);
  return (
    <div className="settings">
      <dl>
        <dt>Type</dt>
        <dd>{type?.label ?? node.type}</dd>
        <dt>Id</dt>
        <dd className="mono">{node.id}</dd>
        {node.timeout === undefined ? null : (
          <>
            <dt>Timeout</dt>
            <dd>{node.timeout} per attempt</dd>
          </>
        )}
        {node.disabled ? (
          <>
            <dt>Disabled</dt>
            <dd>Passes its input on</dd>
          </>
        ) : null}
      </dl>
      <Block title="Configuration">{node.config}</Block>
      {node.retry === undefined ? null : <Block title="Retry">{{ ...node.retry }}</Block>}
    </div>
  );
}

function Block({ title, children }: { title: string; children: Json }) {
  return (
    <section className="io" aria-label={title}>
      <div className="ioh">
        <h3>{title}</h3>
      </div>
      <div className="iob">
        <JsonView value={children} label={title} />
      </div>
    </section>
  );
}

/** No step chosen: what went in, what came out, and what belongs to the instance. */
export function InstancePanel({ instance }: { instance: InstanceDetail }) {
  const open = instance.completedAt === null;
  return (
    <section className="step-panel" aria-label="Instance">
      <div className="step-head">
        <div className="grow">
          <h2 className="ell">{instance.workflowTitle}</h2>
          <div className="row g6 s12 t2">Choose a step on the canvas to see its data</div>
        </div>
      </div>
      <div className="step-body" style={{ borderTop: '1px solid var(--border-1)' }} tabIndex={0} role="group" aria-label="Input and output">
        {isFailure(instance.failure) ? (
          <FailureNote failure={instance.failure} title={typeof instance.failure.node === 'string' ? instance.failure.node : 'Failed'} />
        ) : null}
        <Related title="Open tasks">
          {instance.tasks
            .filter((task) => task.status === 'open')
            .map((task) => (
              <li key={task.id}>
                <StatusIcon shape="waiting" size={13} />
                <Link to="/inbox" search={{ view: 'all', task: task.id }} className="lnk ell">
                  {task.title}
                </Link>
                <span className="t3 ell">{task.assignee ? `claimed by ${task.assignee.name}` : 'nobody has claimed it'}</span>
              </li>
            ))}
        </Related>
        <Related title="Sub-workflows">
          {instance.children.map((child) => (
            <li key={child.id}>
              <StatusIcon shape={statusShape(child.status)} size={13} label={child.status} />
              <Link to="/instances/$id" params={{ id: child.id }} className="lnk mono ell">
                {child.id}
              </Link>
              <span className="t3 ell">{child.workflowKey}</span>
            </li>
          ))}
        </Related>
        <DataBlock title="Input" value={instance.input} instanceId={instance.id} none="Started without input." />
        <DataBlock
          title="Output"
          value={open || instance.status === 'Failed' ? undefined : instance.output}
          instanceId={instance.id}
          none={open ? 'Not there yet.' : 'None: it failed before its end.'}
        />
      </div>
    </section>
  );
}

function Related({ title, children }: { title: string; children: ReactNode[] }) {
  if (children.length === 0) return null;
  return (
    <div className="rel">
      <h3>{title}</h3>
      <ul>{children}</ul>
    </div>
  );
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
  event,
  shape,
  detail,
  hasStep,
  onStep,
  onClose,
}: {
  event: HistoryEvent;
  shape: StatusShape | null;
  detail: string;
  hasStep: boolean;
  onStep: () => void;
  onClose: () => void;
}) {
  return (
    <section className="step-panel" aria-label="Event">
      <div className="step-head">
        <span className="chip">
          {shape === null ? <i className="dotn" style={{ margin: 0 }} /> : <StatusIcon shape={shape} size={16} />}
        </span>
        <div className="grow">
          <h2 className="ell">
            <span className="num t3 b4">{event.seq}</span> {event.type}
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
        <Block title="Event">{event as unknown as Json}</Block>
      </div>
    </section>
  );
}
