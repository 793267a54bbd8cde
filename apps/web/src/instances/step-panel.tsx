import { IconChevronLeft, IconChevronRight, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { activityKey, executionId as asExecutionId, instanceId as asInstanceId } from '@perdure/engine';
import { formatDuration, standardCatalogue, type GraphNode } from '@perdure/graph';
import type { InstanceDetail } from '@perdure/server/contract';
import { NodeChip } from '../canvas/node-icon.tsx';
import { Button } from '../components/button.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { formatClockMs, formatElapsed, formatMoment, formatMomentShort, useNow } from '../components/moment.ts';
import { Tabs } from '../components/tabs.tsx';
import { versionWords } from '../components/version-words.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { DataBlock } from './data-block.tsx';
import { FailureNote } from './failure-note.tsx';
import { frameWords, type StepRecord } from './fold-steps.ts';
import { useTaskOfStep } from './instance-tasks.tsx';
import { JsonBlock } from './json-block.tsx';
import { QuarantineNote } from './quarantine-note.tsx';

type StepTab = 'data' | 'attempts' | 'settings' | 'trace';

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
  /** The visit shown, as it was at the moment shown; null: the node was not reached. */
  step: StepRecord | null;
  visits: number;
  /** Which of the visits it is. */
  at: number;
  isPast: boolean;
  /** The history is still being loaded: more visits may come. */
  loading: boolean;
  traceParent: string | null;
  nameOf: (person: string) => string;
  onAt: (at: number) => void;
  onClose: () => void;
}

/** One step: its data first, then attempts, what the version says about the node, and what others know it by. */
export function StepPanel({ instance, node, step, visits, at, isPast, loading, traceParent, nameOf, onAt, onClose }: StepPanelProps) {
  const [tab, setTab] = useState<StepTab>('data');
  return (
    <section className="step-panel" aria-label="Step">
      <div className="step-head">
        <NodeChip type={standardCatalogue.get(node.type)} />
        <div className="grow">
          <h2 className="ell">{node.title}</h2>
          <div className="row g6 s12 t2 nowrap">
            {step ? <StepLine step={step} isPast={isPast} /> : loading ? <span className="t3">Loading its visits…</span> : <NotReached />}
          </div>
        </div>
        {visits > 1 ? (
          <span className="pager" role="group" aria-label="Visits">
            <button type="button" className="plain" aria-label="Earlier visit" disabled={at === 0} onClick={() => onAt(at - 1)}>
              <IconChevronLeft size={13} stroke={1.8} />
            </button>
            <span className="num" style={{ padding: '0 2px' }}>
              {step && step.frame !== '' ? 'Visit' : 'Pass'} {(at + 1).toLocaleString('en')} of {visits.toLocaleString('en')}
            </span>
            <button type="button" className="plain" aria-label="Later visit" disabled={at >= visits - 1} onClick={() => onAt(at + 1)}>
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
            { key: 'trace', label: 'Trace' },
          ]}
        />
      </div>
      <div className="step-body" id="step-tab-panel" role="tabpanel" aria-label={tab} tabIndex={0}>
        {tab === 'settings' ? (
          <Settings node={node} />
        ) : !step ? (
          <p className="t3" style={{ padding: '12px 16px' }}>
            {loading
              ? 'The history is being loaded.'
              : isPast
                ? 'No token had reached this node at this moment.'
                : 'No token has reached this node in this instance.'}
          </p>
        ) : tab === 'attempts' ? (
          <AttemptDetails instance={instance} step={step} />
        ) : tab === 'trace' ? (
          <Trace instance={instance} step={step} traceParent={traceParent} />
        ) : (
          <StepData instance={instance} step={step} isPast={isPast} nameOf={nameOf} />
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

function StepLine({ step, isPast }: { step: StepRecord; isPast: boolean }) {
  const now = useNow(1_000);
  const wait = step.waits.find((one) => one.to === null);
  const length = formatDuration(Math.max(0, (step.closedAt ?? now) - step.openedAt));
  const where = frameWords(step.frame);
  const words = [
    step.isPinned
      ? 'Pinned'
      : step.skippedBy !== null
        ? 'Skipped by hand'
        : step.closedAt === null && isPast
          ? WORDS[step.status]
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

function StepData({
  instance,
  step,
  isPast,
  nameOf,
}: {
  instance: InstanceDetail;
  step: StepRecord;
  isPast: boolean;
  nameOf: (person: string) => string;
}) {
  return (
    <>
      {step.skippedBy === null ? null : (
        <div className="receiver" style={{ marginTop: 8 }}>
          <StatusIcon shape="canceled" size={12} />
          <span className="ell">
            Skipped by <span className="t1 b5">{nameOf(step.skippedBy.by)}</span>
            {step.skippedBy.reason === '' ? '' : `: ${step.skippedBy.reason}`}
          </span>
        </div>
      )}
      {step.heldAfter === null || isPast ? null : <QuarantineNote instance={instance} step={step} heldAfter={step.heldAfter} />}
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

/** What other systems know the step by. */
function Trace({ instance, step, traceParent }: { instance: InstanceDetail; step: StepRecord; traceParent: string | null }) {
  const [, trace, span] = traceParent?.split('-') ?? [];
  return (
    <div className="settings">
      <dl>
        <dt>Step key</dt>
        <Code text={step.key} label="Copy step key" />
        <dt>Execution</dt>
        <Code text={instance.executionId} label="Copy execution id" />
        {trace === undefined ? null : (
          <>
            <dt>Trace id</dt>
            <Code text={trace} label="Copy trace id" />
          </>
        )}
        {span === undefined ? null : (
          <>
            <dt>Started in span</dt>
            <Code text={span} label="Copy span id" />
          </>
        )}
      </dl>
      {trace === undefined ? (
        <p className="t3 s12" style={{ margin: '10px 16px 0' }}>
          This instance was started without a trace. A start that carries a traceparent header, or a server that exports traces, gives it
          one.
        </p>
      ) : null}
    </div>
  );
}

function Code({ text, label }: { text: string; label: string }) {
  return (
    <dd className="row g6">
      <span className="mono ell" title={text}>
        {text}
      </span>
      <CopyButton text={text} label={label} />
    </dd>
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

function TaskLink({ instance, step }: { instance: InstanceDetail; step: StepRecord }) {
  const task = useTaskOfStep(instance, step.key);
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
      <JsonBlock title="Configuration">{node.config}</JsonBlock>
      {node.retry === undefined ? null : <JsonBlock title="Retry">{{ ...node.retry }}</JsonBlock>}
    </div>
  );
}
