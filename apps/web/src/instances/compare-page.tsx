import { IconArrowsExchange } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { formatDuration, standardCatalogue, type EdgeId, type Json, type NodeId } from '@perdure/graph';
import type { InstanceDetail } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { layoutOf } from '../canvas/canvas-layout.ts';
import type { CanvasMarks, NodeMark } from '../canvas/canvas-marks.ts';
import { GraphCanvas, type Selection } from '../canvas/graph-canvas.tsx';
import { NodeIcon } from '../canvas/node-icon.tsx';
import type { CanvasView } from '../canvas/react-flow.ts';
import { ZoomBar } from '../canvas/zoom-bar.tsx';
import { Button } from '../components/button.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { formatMoment } from '../components/moment.ts';
import { SkeletonRows } from '../components/skeleton.tsx';
import { Tabs } from '../components/tabs.tsx';
import { ValueDiff } from '../components/value-diff.tsx';
import { versionWords } from '../components/version-words.ts';
import { Breadcrumb, TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { StatusPill } from '../status/status-label.tsx';
import { compareRuns, type Difference, type NodeComparison, type NodeOfRun, type RunComparison } from './compare-runs.ts';
import { FailureNote } from './failure-note.tsx';
import type { InstanceRun } from './instance-run.ts';
import { momentData } from './moment-data.ts';
import { useRunAsItIs } from './use-run-as-it-is.ts';
import { useWholeValue } from './use-whole-value.ts';
import './instance-page.css';
import './compare-page.css';

const route = getRouteApi('/shell/instances/$id/compare/$other');

/** Two runs of one workflow: where they went apart, how long each step took, and what differs in its data. */
export function ComparePage() {
  const { id, other } = route.useParams();
  useDocumentTitle(`${id} and ${other}`);
  const one = useQuery(trpc.instances.get.queryOptions({ id }, { staleTime: Infinity }));
  const two = useQuery(trpc.instances.get.queryOptions({ id: other }, { staleTime: Infinity }));
  const error = one.error ?? two.error;
  if (one.data && two.data) return <Compared key={`${id} ${other}`} one={one.data} other={two.data} />;
  return (
    <>
      <TopBar>
        <Breadcrumb crumbs={[{ label: 'Instances', to: { to: '/instances' } }]} current={`${id} and ${other}`} mono />
      </TopBar>
      {error ? (
        <ErrorState
          error={error}
          wayOut={
            <Link to="/instances" className="btn">
              Open the instances
            </Link>
          }
        />
      ) : (
        <SkeletonRows rows={10} label="Loading both instances" />
      )}
    </>
  );
}

function Compared({ one, other }: { one: InstanceDetail; other: InstanceDetail }) {
  const navigate = useNavigate();
  const left = useRunAsItIs(one);
  const right = useRunAsItIs(other);
  const loaded = left.isLoaded && right.isLoaded;
  const now = useMemo(() => Date.now(), []);
  const comparison = useMemo(
    () =>
      loaded
        ? compareRuns({ document: one.document, steps: left.steps, now }, { document: other.document, steps: right.steps, now })
        : null,
    [loaded, one.document, other.document, left, right, now],
  );
  const [picked, setPicked] = useState<NodeId | null | undefined>();
  // The first difference is gone to when both are here.
  const node = picked === undefined ? (comparison?.divergence?.node ?? null) : picked;
  const [onlyDifferent, setOnlyDifferent] = useState(true);
  const differing = comparison?.nodes.filter(({ differences }) => differences.length > 0) ?? [];
  const shown = onlyDifferent ? differing : (comparison?.nodes ?? []);
  const chosen = comparison?.nodes.find((entry) => entry.node === node);
  return (
    <>
      <TopBar>
        <Breadcrumb
          crumbs={[
            { label: 'Instances', to: { to: '/instances' } },
            { label: one.workflowTitle, to: { to: '/workflows/$key', params: { key: one.workflowKey } } },
            { label: one.id, to: { to: '/instances/$id', params: { id: one.id } } },
          ]}
          current={`Compared with ${other.id}`}
        />
        <span className="grow" />
        <Button
          icon={<IconArrowsExchange className="ic" stroke={1.8} />}
          onClick={() => void navigate({ to: '/instances/$id/compare/$other', params: { id: other.id, other: one.id } })}
        >
          Swap
        </Button>
      </TopBar>
      {one.workflowKey === other.workflowKey ? null : (
        <p className="cmp-note" role="status">
          These are instances of two workflows. Steps are matched by their ids.
        </p>
      )}
      <div className="cmp">
        <div className="cmp-canvases">
          <Side instance={one} run={left} comparison={comparison} side="one" node={node} onNode={setPicked} />
          <Side instance={other} run={right} comparison={comparison} side="other" node={node} onNode={setPicked} />
        </div>
        <Detail key={node ?? ''} one={one} other={other} left={left} right={right} entry={chosen} />
        <section className="cmp-steps" aria-label="Steps">
          <div className="panel-head">
            <h2>Steps</h2>
            <span className="t3 s12 num" role="status">
              {comparison === null
                ? 'Loading both histories…'
                : differing.length === 0
                  ? 'Both went the same way, with the same data'
                  : `${differing.length} of ${comparison.nodes.length} differ`}
            </span>
            <span className="grow" />
            <Button size="sm" pressed={onlyDifferent} onClick={() => setOnlyDifferent(!onlyDifferent)}>
              Only what differs
            </Button>
            <Button
              size="sm"
              refusal={comparison?.divergence ? null : 'Both went the same way'}
              onClick={() => setPicked(comparison?.divergence?.node ?? null)}
            >
              First difference
            </Button>
          </div>
          <div className="cmp-scroll">
            <StepTable
              entries={shown}
              one={one.id}
              other={other.id}
              node={node}
              divergence={comparison?.divergence?.node ?? null}
              onNode={setPicked}
            />
          </div>
        </section>
      </div>
    </>
  );
}

function Side({
  instance,
  run,
  comparison,
  side,
  node,
  onNode,
}: {
  instance: InstanceDetail;
  run: InstanceRun;
  comparison: RunComparison | null;
  side: 'one' | 'other';
  node: NodeId | null;
  onNode: (node: NodeId | null) => void;
}) {
  const { document } = instance;
  const view = useRef<CanvasView>(null);
  const marks = useMemo(() => (comparison === null ? null : marksOf(comparison, side)), [comparison, side]);
  const selection = useMemo<Selection>(() => ({ nodes: new Set(node === null ? [] : [node]), edges: new Set() }), [node]);
  useEffect(() => {
    const box = node === null ? undefined : layoutOf(document).boxes.get(node);
    if (box) view.current?.center(box.x + box.width / 2, box.y + box.height / 2);
  }, [node, document]);
  return (
    <section className="cmp-side" aria-label={`Instance ${instance.id}`}>
      <div className="cmp-head">
        <Link to="/instances/$id" params={{ id: instance.id }} className="lnk b6 ell">
          {instance.id}
        </Link>
        <StatusPill status={instance.status} />
        <span className="t2 nowrap">{versionWords(instance.version)}</span>
        <span className="t3 nowrap num ell">
          {formatMoment(instance.createdAt)}
          {instance.completedAt === null
            ? ''
            : `, ${formatDuration(Math.max(0, Date.parse(instance.completedAt) - Date.parse(instance.createdAt)))}`}
        </span>
      </div>
      <div className="cmp-canvas">
        <GraphCanvas
          document={document}
          selection={selection}
          onSelectionChange={({ nodes }) => {
            const next = [...nodes].find((one) => one !== node) ?? (node !== null && nodes.has(node) ? node : null);
            if (next !== node) onNode(next);
          }}
          run={run.picture}
          marks={marks}
          view={view}
          label={`Canvas of ${instance.id}`}
        >
          <ZoomBar side={side === 'one' ? 'left' : 'right'} />
        </GraphCanvas>
      </div>
    </section>
  );
}

/** What only this one has is added; where both are and differ, changed. */
function marksOf({ nodes, divergence, onlyOne, onlyOther }: RunComparison, side: 'one' | 'other'): CanvasMarks {
  const marked = new Map<NodeId, NodeMark>();
  for (const entry of nodes) {
    const [mine, theirs] = side === 'one' ? [entry.one, entry.other] : [entry.other, entry.one];
    if (mine === null || entry.differences.length === 0) continue;
    if (mine.last !== null && (theirs === null || theirs.last === null)) marked.set(entry.node, 'added');
    else if (mine.last !== null) marked.set(entry.node, 'changed');
  }
  if (divergence) marked.set(divergence.node, 'diverged');
  const only: ReadonlySet<EdgeId> = side === 'one' ? onlyOne : onlyOther;
  return { nodes: marked, edges: new Map([...only].map((edge) => [edge, 'added' as const])), dim: false };
}

const DIFFERENCE_WORDS: Record<Difference, string> = {
  'only one version': 'In one version only',
  reached: 'Reached by one only',
  status: 'Status',
  path: 'Way out',
  visits: 'Visits',
  attempts: 'Attempts',
  input: 'Input',
  output: 'Output',
};

function StepTable({
  entries,
  one,
  other,
  node,
  divergence,
  onNode,
}: {
  entries: readonly NodeComparison[];
  one: string;
  other: string;
  node: NodeId | null;
  divergence: NodeId | null;
  onNode: (node: NodeId) => void;
}) {
  return (
    <table className="cmp-table">
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">{one}</th>
          <th scope="col">{other}</th>
          <th scope="col" className="num">
            Time
          </th>
          <th scope="col">Differs in</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.node} className={entry.node === node ? 'on' : undefined} onClick={() => onNode(entry.node)}>
            <th scope="row">
              <button type="button" className="plain row g6" aria-pressed={entry.node === node} onClick={() => onNode(entry.node)}>
                <NodeIcon name={standardCatalogue.get(entry.type)?.icon} size={13} />
                <span className="ell">{entry.title}</span>
                {entry.node === divergence ? <span className="tag">First difference</span> : null}
              </button>
            </th>
            <td>
              <Reached of={entry.one} />
            </td>
            <td>
              <Reached of={entry.other} />
            </td>
            <td className="num">{timeWords(entry)}</td>
            <td className="t2 ell">{entry.differences.map((difference) => DIFFERENCE_WORDS[difference]).join(', ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Reached({ of }: { of: NodeOfRun | null }) {
  if (of === null) return <span className="t3">Not in this version</span>;
  if (of.last === null)
    return (
      <span className="row g6 t3">
        <StatusIcon shape="pending" size={12} />
        Not reached
      </span>
    );
  return (
    <span className="row g6 nowrap">
      <StatusIcon shape={of.last.status} size={12} label={of.last.status} />
      <span className="num">{formatDuration(of.lengthMs)}</span>
      {of.ways.length > 0 ? <span className="t3 ell">by {of.ways.join(', ')}</span> : null}
      {of.visits > 1 ? <span className="t3 num">×{of.visits.toLocaleString('en')}</span> : null}
      {of.attempts > of.visits ? <span className="t3 num">{of.attempts} attempts</span> : null}
    </span>
  );
}

/** `+1.2 s, 3.4 times`: how much longer the first one took. */
function timeWords({ one, other }: NodeComparison): string {
  if (!one?.last || !other?.last) return '';
  const difference = one.lengthMs - other.lengthMs;
  if (difference === 0) return '0 ms';
  const words = `${difference > 0 ? '+' : '−'}${formatDuration(Math.abs(difference))}`;
  const ratio = one.lengthMs / other.lengthMs;
  return other.lengthMs > 0 && (ratio >= 1.5 || ratio <= 0.67) ? `${words}, ${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)}×` : words;
}

type DetailTab = 'input' | 'output' | 'variables';

/** What differs in the data: of the chosen step, or of the two instances. */
function Detail({
  one,
  other,
  left,
  right,
  entry,
}: {
  one: InstanceDetail;
  other: InstanceDetail;
  left: InstanceRun;
  right: InstanceRun;
  entry: NodeComparison | undefined;
}) {
  const [tab, setTab] = useState<DetailTab>(entry?.differences.includes('input') ? 'input' : 'output');
  const labels = [one.id, other.id] as const;
  const failures = entry ? [entry.one?.last?.failure, entry.other?.last?.failure] : [];
  return (
    <section className="step-panel cmp-detail" aria-label="Difference">
      <div className="step-head">
        <div className="grow">
          <h2 className="ell">{entry?.title ?? 'The instances'}</h2>
          <div className="s12 t2 ell">
            {entry === undefined
              ? 'Choose a step to see what differs in it'
              : entry.differences.map((difference) => DIFFERENCE_WORDS[difference]).join(', ') || 'The same in both'}
          </div>
        </div>
      </div>
      <div className="step-tabs">
        <Tabs<DetailTab>
          label="Difference"
          height={34}
          panelId="cmp-tab-panel"
          value={tab}
          onChange={setTab}
          items={[
            { key: 'input', label: 'Input' },
            { key: 'output', label: 'Output' },
            { key: 'variables', label: 'Variables' },
          ]}
        />
      </div>
      <div className="step-body" id="cmp-tab-panel" role="tabpanel" aria-label={tab} tabIndex={0}>
        {failures.map((failure, at) => (failure ? <FailureNote key={labels[at]} failure={failure} title={labels[at] ?? ''} /> : null))}
        {entry && (entry.differences.includes('path') || entry.differences.includes('reached') || entry.differences.includes('status')) ? (
          <dl className="cmp-ways">
            <Way name={one.id} of={entry.one} />
            <Way name={other.id} of={entry.other} />
          </dl>
        ) : null}
        <div className="cmp-values">
          {tab === 'variables' ? (
            <Variables left={left} right={right} labels={labels} />
          ) : (
            <StepValues
              one={one}
              other={other}
              labels={labels}
              values={
                entry === undefined
                  ? tab === 'input'
                    ? [one.input, other.input]
                    : [one.output, other.output]
                  : tab === 'input'
                    ? [entry.one?.last?.input, entry.other?.last?.input]
                    : [entry.one?.last?.output, entry.other?.last?.output]
              }
            />
          )}
        </div>
      </div>
    </section>
  );
}

function Way({ name, of }: { name: string; of: NodeOfRun | null }) {
  return (
    <>
      <dt className="ell">{name}</dt>
      <dd>
        <Reached of={of} />
      </dd>
    </>
  );
}

function StepValues({
  one,
  other,
  labels,
  values: [left, right],
}: {
  one: InstanceDetail;
  other: InstanceDetail;
  labels: readonly [string, string];
  values: readonly [Json | undefined, Json | undefined];
}) {
  const before = useWholeValue(one.id, left);
  const after = useWholeValue(other.id, right);
  if (before === 'loading' || after === 'loading') return <p className="t3 s12">Loading…</p>;
  return <ValueDiff before={before.value} after={after.value} labels={labels} />;
}

/** As they were at the end, or are now. */
function Variables({ left, right, labels }: { left: InstanceRun; right: InstanceRun; labels: readonly [string, string] }) {
  const [vars, setVars] = useState<readonly [Json, Json]>();
  useEffect(() => {
    let gone = false;
    const of = (run: InstanceRun): Promise<Json> => run.states.at(run.head, (state) => momentData(state).vars);
    Promise.all([of(left), of(right)]).then(
      (found) => {
        if (!gone) setVars(found);
      },
      () => undefined, // the steps are there all the same
    );
    return () => {
      gone = true;
    };
  }, [left, right]);
  return vars === undefined ? <p className="t3 s12">Loading…</p> : <ValueDiff before={vars[0]} after={vars[1]} labels={labels} />;
}
