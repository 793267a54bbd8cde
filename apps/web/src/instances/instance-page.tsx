import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Json, NodeId } from '@perdure/graph';
import type { InstanceDetail } from '@perdure/server/contract';
import { describeError } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { useMe } from '../api/use-me.ts';
import { WorkflowCanvas } from '../canvas/workflow-canvas.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { SkeletonRows } from '../components/skeleton.tsx';
import { LiveMark } from '../shell/live-mark.tsx';
import { Breadcrumb, TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusPill } from '../status/status-label.tsx';
import { HistoryList } from './history-list.tsx';
import { eventDetail, eventNode, eventShape, eventStep } from './history-words.ts';
import { InstanceActions } from './instance-actions.tsx';
import { InstanceFacts } from './instance-facts.tsx';
import { ItemPager } from './item-pager.tsx';
import { EventPanel, InstancePanel, StepPanel } from './step-panel.tsx';
import { Timeline } from './timeline.tsx';
import { useInstanceRun } from './use-instance-run.ts';
import './instance-page.css';

const route = getRouteApi('/shell/instances/$id');

export function InstancePage() {
  const { id } = route.useParams();
  useDocumentTitle(id);
  const instance = useQuery(trpc.instances.get.queryOptions({ id }));
  if (instance.isPending)
    return (
      <>
        <TopBar>
          <Breadcrumb crumbs={[{ label: 'Instances', to: { to: '/instances' } }]} current={id} mono />
        </TopBar>
        <SkeletonRows rows={10} label="Loading the instance" />
      </>
    );
  if (instance.isError && !instance.data)
    return (
      <>
        <TopBar>
          <Breadcrumb crumbs={[{ label: 'Instances', to: { to: '/instances' } }]} current={id} mono />
        </TopBar>
        <ErrorState
          error={instance.error}
          {...(describeError(instance.error).transient ? { onRetry: () => void instance.refetch() } : {})}
          wayOut={
            <Link to="/instances" className="btn">
              Open the instances
            </Link>
          }
        />
      </>
    );
  // Another instance is another page: nothing chosen in the one before may stay.
  return <Loaded key={id} instance={instance.data} />;
}

/** Facts that are not in the history (where it runs, tasks) are fetched again at most this often while events come. */
const REFETCH_EVERY_MS = 700;

function Loaded({ instance }: { instance: InstanceDetail }) {
  const { id, document } = instance;
  const startNode = useMemo(() => document.nodes.find((node) => node.type === 'start')?.id ?? null, [document]);
  const onChange = useRefetchSoon(id);
  const run = useInstanceRun(id, startNode, onChange);
  const [picked, setNode] = useState<NodeId | null>();
  const node = picked ?? null;
  // Until somebody picks one: the step that waits for a decision in quarantine, and stays picked when it is decided.
  const held = picked === undefined ? [...run.steps.steps.values()].find((step) => step.heldAfter !== null) : undefined;
  if (held !== undefined) setNode(held.node);
  /** Which visit of the chosen node; null = the latest. */
  const [visit, setVisit] = useState<number | null>(null);
  const [eventSeq, setEventSeq] = useState<number | null>(null);
  const status = run.status ?? instance.status;
  const finished = instance.completedAt !== null && ['Completed', 'Failed', 'Terminated', 'Canceled'].includes(status);

  const titleOf = useCallback((of: NodeId) => document.nodes.find((one) => one.id === of)?.title ?? of, [document]);
  const me = useMe().data?.user;
  // The history names people by id. Those known here are the signed-in person and whoever the tasks mention.
  const nameOf = useCallback(
    (person: string) =>
      [me, ...instance.tasks.flatMap((task) => [task.assignee, task.decidedBy])].find((one) => one?.id === person)?.name ?? person,
    [me, instance.tasks],
  );
  const select = (next: NodeId | null) => {
    setNode(next);
    setVisit(null);
    setEventSeq(null);
  };
  const chosen = node === null ? null : (document.nodes.find((one) => one.id === node) ?? null);
  const records = node === null ? [] : (run.steps.byNode.get(node) ?? []);
  const event = eventSeq === null ? null : (run.events[eventSeq - (run.events[0]?.seq ?? 1)] ?? null);
  const awaited = [...run.steps.steps.values()].flatMap((step) =>
    step.closedAt === null && step.eventName !== null ? [step.eventName] : [],
  );

  // The card of items belongs to the chosen container, or to the one around the chosen node.
  const containerNode =
    chosen === null
      ? null
      : chosen.type === 'forEach' || chosen.type === 'loop'
        ? chosen
        : (document.nodes.find((one) => one.id === chosen.parent && one.type !== 'scope') ?? null);
  const containerRecords = containerNode === null ? [] : (run.steps.byNode.get(containerNode.id) ?? []);
  const [containerVisit, setContainerVisit] = useState<number | null>(null);
  const shownContainerVisit = Math.min(containerVisit ?? containerRecords.length - 1, containerRecords.length - 1);

  const at = Math.min(visit ?? records.length - 1, records.length - 1);
  const shownFrame = records[at]?.frame;
  const itemIndex =
    containerNode === null || chosen?.id === containerNode.id
      ? -1
      : (containerRecords[shownContainerVisit]?.passes.findIndex((pass) => pass.frame === shownFrame) ?? -1);
  const item = itemIndex === -1 ? null : itemIndex;

  const showItem = (index: number) => {
    const frame = containerRecords[shownContainerVisit]?.passes[index]?.frame;
    if (frame === undefined || containerNode === null) return;
    // Show the same node of that item; from the container itself, its first step.
    const inside =
      chosen !== null && chosen.id !== containerNode.id
        ? chosen.id
        : [...run.steps.byNode].find(([, all]) => all.some((step) => step.frame === frame))?.[0];
    if (inside === undefined) return;
    const at = run.steps.byNode.get(inside)?.findIndex((step) => step.frame === frame) ?? -1;
    setNode(inside);
    setVisit(at === -1 ? null : at);
    setEventSeq(null);
  };

  return (
    <>
      <TopBar>
        <Breadcrumb
          crumbs={[
            { label: 'Instances', to: { to: '/instances' } },
            { label: instance.workflowTitle, to: { to: '/workflows/$key', params: { key: instance.workflowKey } } },
          ]}
          current={id}
        />
        <CopyButton text={id} label="Copy instance id" />
        <span style={{ width: 4 }} />
        <StatusPill status={status} />
        <span className="t2 ell">{statusWords(instance.customStatus)}</span>
        <span className="grow" />
        {finished ? null : <LiveMark />}
        <span style={{ width: 4 }} />
        <InstanceActions instance={instance} status={status} awaited={awaited} />
      </TopBar>
      <InstanceFacts instance={instance} />
      <div className="ipage">
        <div className="icanvas">
          <WorkflowCanvas document={document} mode="view" runState={run.canvas} selected={node} onSelect={select}>
            {containerNode !== null && containerRecords.length > 0 ? (
              <ItemPager
                node={containerNode}
                records={containerRecords}
                steps={run.steps}
                visit={shownContainerVisit}
                item={item}
                onVisit={setContainerVisit}
                onItem={showItem}
              />
            ) : null}
          </WorkflowCanvas>
        </div>
        {event !== null ? (
          <EventPanel
            event={event}
            shape={eventShape(event)}
            detail={eventDetail(event, run.steps, titleOf, nameOf)}
            hasStep={eventNode(event, run.steps) !== null}
            onStep={() => {
              const of = eventNode(event, run.steps);
              const key = eventStep(event);
              select(of);
              if (of !== null && key !== null) setVisit(run.steps.byNode.get(of)?.findIndex((step) => step.key === key) ?? null);
            }}
            onClose={() => setEventSeq(null)}
          />
        ) : chosen !== null ? (
          <StepPanel
            key={chosen.id}
            instance={instance}
            node={chosen}
            records={records}
            at={at}
            onAt={setVisit}
            onClose={() => select(null)}
          />
        ) : (
          <InstancePanel instance={instance} />
        )}
        <Timeline document={document} steps={run.steps} live={!finished} selected={node} onSelect={select} />
        <HistoryList
          events={run.events}
          steps={run.steps}
          instanceId={id}
          titleOf={titleOf}
          nameOf={nameOf}
          selected={eventSeq}
          onSelect={setEventSeq}
        />
      </div>
    </>
  );
}

function useRefetchSoon(id: string): () => void {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void queries.invalidateQueries({ queryKey: trpc.instances.get.queryKey({ id }) });
    }, REFETCH_EVERY_MS);
  }, [id, queries]);
}

/** A custom status is any JSON: text as it is, a flat object as its fields, anything else as JSON. */
function statusWords(status: Json): string {
  if (status === null) return '';
  if (typeof status !== 'object') return String(status);
  const fields = Object.entries(status);
  return !Array.isArray(status) && fields.every(([, value]) => typeof value !== 'object' || value === null)
    ? fields.map(([name, value]) => `${name} ${String(value)}`).join(', ')
    : JSON.stringify(status);
}
