import { IconHistory } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { memo, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { GraphNode, Json, NodeId, WorkflowDocument } from '@perdure/graph';
import type { HistoryStretch, InstanceDetail } from '@perdure/server/contract';
import { describeError } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { useMe } from '../api/use-me.ts';
import { WorkflowCanvas } from '../canvas/workflow-canvas.tsx';
import { Button } from '../components/button.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { formatClockMs } from '../components/moment.ts';
import { SkeletonRows } from '../components/skeleton.tsx';
import { toast } from '../components/toast.tsx';
import { LiveMark } from '../shell/live-mark.tsx';
import { Breadcrumb, TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusPill } from '../status/status-label.tsx';
import type { StepRecord } from './fold-steps.ts';
import { HistoryList } from './history-list.tsx';
import { eventDetail, eventNode, eventShape, eventStep } from './history-words.ts';
import { InstanceActions } from './instance-actions.tsx';
import { InstanceFacts } from './instance-facts.tsx';
import { EventPanel, InstancePanel } from './instance-panel.tsx';
import type { InstanceRun } from './instance-run.ts';
import { isOver } from './is-over.ts';
import { ItemPager } from './item-pager.tsx';
import type { MomentSearch } from './moment-search.ts';
import { stepAt, visitsAt } from './step-at.ts';
import { StepPanel } from './step-panel.tsx';
import { Timeline } from './timeline.tsx';
import { useInstanceRun } from './use-instance-run.ts';
import { useMomentOf } from './use-moment-of.ts';
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
  // What is gone is gone, also while it is looked at; any other failure keeps what is there.
  if (instance.isError && (!instance.data || describeError(instance.error).code === 'instance.unknown'))
    return (
      <>
        <TopBar>
          <Breadcrumb crumbs={[{ label: 'Instances', to: { to: '/instances' } }]} current={id} mono />
        </TopBar>
        <ErrorState
          error={
            instance.data
              ? 'This instance is gone. It was purged while you looked at it: its history, data and tasks are deleted.'
              : instance.error
          }
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
/** The address follows the playhead when it has come to rest. */
const ADDRESS_AFTER_MS = 200;

function Loaded({ instance }: { instance: InstanceDetail }) {
  const { id } = instance;
  const search = route.useSearch();
  const onChange = useRefetchSoon(id);
  const run = useInstanceRun(instance, onChange);
  const outline = useOutline(instance, run);
  const onSeq = usePlayhead(run, search);
  const document = useDocumentAt(instance, run.playhead);
  const seq = run.seq;

  const [picked, setPicked] = useState<NodeId | null | undefined>(search.step as NodeId | undefined); // from an address: looked up below
  const node = picked ?? null;
  // Until somebody picks one: the step that waits for a decision in quarantine, and stays picked when it is decided.
  const held = picked === undefined ? [...run.steps.openSteps].find((step) => step.heldAfter !== null) : undefined;
  if (held !== undefined) setPicked(held.node);
  /** Which visit of the chosen node; null = the latest. */
  const [visit, setVisit] = useState<number | null>(null);
  /** The panel shows the event at the playhead instead of a step. */
  const [showsEvent, setShowsEvent] = useState(false);
  const status = run.status ?? instance.status;
  const finished = instance.completedAt !== null && isOver(status);

  const titleOf = useCallback((of: NodeId) => document.nodes.find((one) => one.id === of)?.title ?? of, [document]);
  const me = useMe().data?.user;
  const nameOf = useNames(instance, me);
  const chosen = node === null ? null : (document.nodes.find((one) => one.id === node) ?? null);
  const records = chosen === null ? NO_VISITS : visitsAt(run.steps.byNode.get(run.steps.nodeNow(chosen.id)) ?? NO_VISITS, seq);
  const at = Math.min(visit ?? records.length - 1, records.length - 1);
  const record = records[at];
  const step = record === undefined ? null : stepAt(record, seq);

  const navigate = route.useNavigate();
  const choose = useCallback(
    (next: NodeId | null, step: StepRecord | null = null) => {
      setPicked(next);
      setShowsEvent(false);
      const index = next === null || step === null ? -1 : (run.steps.byNode.get(run.steps.nodeNow(next))?.indexOf(step) ?? -1);
      setVisit(index === -1 ? null : index);
      void navigate({ search: (before) => withStep(before, next), replace: true });
    },
    [run, navigate],
  );
  const toFailure = useFailureJump(run, outline, onSeq);
  const event = showsEvent ? run.event(seq) : undefined;
  const { grown } = run;
  const awaited = useMemo(
    () => [...new Set([...run.steps.openSteps].flatMap((one) => (one.eventName === null ? [] : [one.eventName])))],
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the fold changes in place; `grown` tells
    [run, grown],
  );
  const isPast = run.playhead !== null;
  const pastMark = useMemo(() => (isPast ? <PastMark run={run} onBack={() => onSeq(null)} /> : null), [isPast, run, onSeq]);
  const chooseEvent = useCallback(
    (next: number) => {
      onSeq(next >= run.head ? null : next);
      setShowsEvent(true);
    },
    [run, onSeq],
  );

  const items = useItems(run, document, chosen, record, seq);
  const showItem = (index: number) => {
    const frame = items?.container.passes[index]?.frame;
    if (frame === undefined || !items) return;
    // Show the same node of that item; from the container itself, its first step.
    const inside = chosen !== null && chosen.id !== items.node.id ? chosen.id : firstInside(run, document, items.node, frame);
    if (inside === undefined) return;
    choose(inside, run.steps.byNode.get(run.steps.nodeNow(inside))?.find((one) => one.frame === frame) ?? null);
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
        <InstanceActions instance={instance} run={run} status={status} awaited={awaited} step={record ?? null} node={chosen} />
      </TopBar>
      <InstanceFacts {...{ instance, run, grown, nameOf }} />
      <div className="ipage">
        <div className="icanvas">
          <InstanceCanvas
            {...{ document, run, pastMark }}
            selected={node}
            onSelect={choose}
            pager={
              items ? (
                <ItemPager {...items} onVisit={(index) => choose(items.node.id, items.records[index] ?? null)} onItem={showItem} />
              ) : null
            }
          />
        </div>
        {event !== undefined ? (
          <EventPanel
            instanceId={id}
            event={event}
            shape={eventShape(event)}
            detail={eventDetail(event, run.steps, titleOf, nameOf)}
            hasStep={eventNode(event, run.steps) !== null}
            onStep={() => {
              const key = eventStep(event);
              choose(eventNode(event, run.steps), key === null ? null : (run.steps.steps.get(key) ?? null));
            }}
            onClose={() => setShowsEvent(false)}
          />
        ) : chosen !== null ? (
          <StepPanel
            key={chosen.id}
            instance={instance}
            node={chosen}
            step={step}
            visits={records.length}
            at={at}
            isPast={isPast}
            loading={!run.isLoaded && !run.isTooLong}
            traceParent={traceParentOf(run)}
            nameOf={nameOf}
            onAt={setVisit}
            onClose={() => choose(null)}
          />
        ) : (
          <InstancePanel {...{ instance, run, grown, isPast, titleOf }} onStep={choose} />
        )}
        <Timeline
          document={document}
          run={run}
          grown={grown}
          outline={outline}
          live={!finished}
          endedAt={instance.completedAt === null ? null : Date.parse(instance.completedAt)}
          selected={node}
          onSelect={choose}
          onSeq={onSeq}
          onFailure={toFailure}
        />
        <HistoryList {...{ run, titleOf, nameOf }} instanceId={id} onSelect={chooseEvent} />
      </div>
    </>
  );
}

const NO_VISITS: readonly StepRecord[] = [];
const NO_STRETCHES: readonly HistoryStretch[] = [];

/** Its nodes follow the moment shown by themselves: a step through the history draws those that look different, not the canvas. */
const InstanceCanvas = memo(function InstanceCanvas({
  document,
  run,
  pastMark,
  pager,
  selected,
  onSelect,
}: {
  document: WorkflowDocument;
  run: InstanceRun;
  pastMark: ReactNode;
  pager: ReactNode;
  selected: NodeId | null;
  onSelect: (node: NodeId | null) => void;
}) {
  return (
    <WorkflowCanvas document={document} mode="view" runState={run.picture} selected={selected} onSelect={onSelect}>
      {pastMark}
      {pager}
    </WorkflowCanvas>
  );
});

/** The moment shown is not now: said on the canvas, with the way back. */
function PastMark({ run, onBack }: { run: InstanceRun; onBack: () => void }) {
  useMomentOf(run);
  const event = run.event(run.seq);
  return (
    <div className="past-mark nopan" role="status">
      <IconHistory className="ic" size={14} stroke={1.8} />
      <span className="num">
        As it was after event {run.seq.toLocaleString('en')}
        {event ? `, ${formatClockMs(event.at)}` : ''}
      </span>
      <Button size="sm" onClick={onBack} keys={['End']}>
        Back to now
      </Button>
    </div>
  );
}

/** The playhead and the address follow each other: the address when the playhead rests, the playhead when the address was changed. */
function usePlayhead(run: InstanceRun, search: MomentSearch): (seq: number | null) => void {
  const navigate = route.useNavigate();
  const written = useRef<number | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (search.at === written.current) return;
    written.current = search.at;
    run.show(search.at ?? null);
  }, [run, search.at]);
  return useCallback(
    (seq: number | null) => {
      run.show(seq);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const at = run.playhead ?? undefined;
        if (at === written.current) return;
        written.current = at;
        void navigate({ search: ({ at: _before, ...rest }) => (at === undefined ? rest : { ...rest, at }), replace: true });
      }, ADDRESS_AFTER_MS);
    },
    [run, navigate],
  );
}

/** To the next or previous failure; where the events are not loaded yet, by the outline. */
function useFailureJump(
  run: InstanceRun,
  outline: readonly HistoryStretch[],
  onSeq: (seq: number | null) => void,
): (direction: 1 | -1) => void {
  return useCallback(
    (direction) => {
      const from = run.seq;
      // From the end the search for the next one begins at the beginning.
      const start = direction === 1 && run.playhead === null ? 0 : from;
      const stretches = direction === 1 ? outline : outline.toReversed();
      const found =
        run.failureFrom(start, direction) ??
        stretches.find(({ firstFailure }) => firstFailure !== null && (direction === 1 ? firstFailure > start : firstFailure < start))
          ?.firstFailure ??
        null;
      if (found === null) toast({ title: direction === 1 ? 'No failure behind this event' : 'No failure before this event' });
      else onSeq(found);
    },
    [run, outline, onSeq],
  );
}

/** What is where in time, as long as the history is not here; until that is known, all of it is one stretch. */
function useOutline({ id, seq, createdAt, completedAt, updatedAt }: InstanceDetail, run: InstanceRun): readonly HistoryStretch[] {
  const asked = useQuery(trpc.instances.historyOutline.queryOptions({ id }, { enabled: !run.isLoaded, staleTime: Infinity })).data;
  const whole = useMemo(
    () => [
      {
        firstSeq: 1,
        lastSeq: seq,
        firstAt: Date.parse(createdAt),
        lastAt: Date.parse(completedAt ?? updatedAt),
        failures: 0,
        firstFailure: null,
      },
    ],
    [seq, createdAt, completedAt, updatedAt],
  );
  return asked ?? (run.isLoaded ? NO_STRETCHES : whole);
}

/** The document of the version that was run at the moment shown. */
function useDocumentAt(instance: InstanceDetail, playhead: number | null): WorkflowDocument {
  const { versions, version, workflowKey, document } = instance;
  const then = playhead === null ? version : (versions.findLast(({ afterSeq }) => playhead > afterSeq)?.version ?? version);
  const earlier = useQuery(
    trpc.workflows.version.queryOptions({ key: workflowKey, version: then }, { enabled: then !== version, staleTime: Infinity }),
  );
  return then === version ? document : (earlier.data?.document ?? document);
}

/** The history names people by id. */
function useNames(instance: InstanceDetail, me: { id: string; name: string } | undefined): (person: string) => string {
  const { people, tasks } = instance;
  return useMemo(() => {
    const names = new Map(people.map(({ id, name }) => [id, name]));
    for (const { assignee, decidedBy } of tasks.rows)
      for (const person of [assignee, decidedBy]) if (person) names.set(person.id, person.name);
    if (me) names.set(me.id, me.name);
    return (person: string) => names.get(person) ?? person;
  }, [people, tasks, me]);
}

interface ItemsShown {
  node: GraphNode;
  records: readonly StepRecord[];
  container: StepRecord;
  visit: number;
  item: number | null;
  waitingFrames: ReadonlySet<string>;
}

/** The card of items belongs to the chosen container, or to the one around the chosen node. */
function useItems(
  run: InstanceRun,
  document: WorkflowDocument,
  chosen: GraphNode | null,
  record: StepRecord | undefined,
  seq: number,
): ItemsShown | null {
  if (chosen === null) return null;
  const isContainer = chosen.type === 'forEach' || chosen.type === 'loop';
  const node = isContainer ? chosen : document.nodes.find((one) => one.id === chosen.parent && one.type !== 'scope');
  if (!node) return null;
  const records = visitsAt(run.steps.byNode.get(run.steps.nodeNow(node.id)) ?? NO_VISITS, seq);
  const around = isContainer ? record : records.findLast((one) => record?.frame.startsWith(`${one.key}[`));
  const visit = around === undefined ? records.length - 1 : records.indexOf(around);
  const whole = records[visit];
  const container = whole ? stepAt(whole, seq) : null;
  if (!container) return null;
  const index = isContainer || !record ? -1 : container.passes.findIndex((pass) => record.frame.startsWith(pass.frame));
  // Frames in which something waits: one walk over what is open, however many items there are. Of the past it is not known so cheaply.
  const waitingFrames = new Set<string>();
  if (run.playhead === null) for (const step of run.steps.openSteps) if (step.status === 'waiting') waitingFrames.add(step.frame);
  return { node, records, container, visit, item: index === -1 ? null : index, waitingFrames };
}

function firstInside(run: InstanceRun, document: WorkflowDocument, container: GraphNode, frame: string): NodeId | undefined {
  const inside = document.nodes.filter((node) => node.parent === container.id);
  const opened = inside.flatMap((node) => {
    const step = run.steps.byNode.get(run.steps.nodeNow(node.id))?.find((one) => one.frame === frame);
    return step ? [{ node, seq: step.openedSeq }] : [];
  });
  return opened.sort((a, b) => a.seq - b.seq)[0]?.node.id;
}

function traceParentOf(run: InstanceRun): string | null {
  const [started] = run.events;
  return started?.type === 'ExecutionStarted' ? (started.traceParent ?? null) : null;
}

function withStep({ step: _before, ...rest }: MomentSearch, node: NodeId | null): MomentSearch {
  return node === null ? rest : { ...rest, step: node };
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
