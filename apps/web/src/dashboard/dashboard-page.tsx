import {
  IconAlarm,
  IconBroadcast,
  IconChevronRight,
  IconClock,
  IconCube,
  IconHourglass,
  IconLock,
  IconRefresh,
  IconShieldX,
  IconSitemap,
  IconUserCheck,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Navigate, useNavigate } from '@tanstack/react-router';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import type { DashboardData, DashboardWindow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMay } from '../api/use-me.ts';
import { durationWords, shortDuration } from '../components/duration-words.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { useNow } from '../components/moment.ts';
import { SkeletonRows } from '../components/skeleton.tsx';
import { SparkLine, thinned } from '../components/spark-line.tsx';
import { Tabs } from '../components/tabs.tsx';
import { agoWords, IncidentTable } from '../incidents/incident-table.tsx';
import { LiveMark } from '../shell/live-mark.tsx';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { WINDOWS, type DashboardSearch } from './dashboard-search.ts';
import { TimeChart } from './time-chart.tsx';
import './dashboard.css';

const route = getRouteApi('/shell/dashboard');

/** The first page of everybody who may see instances; of the others it is the inbox. */
export function DashboardPage() {
  return useMay('instance.read') ? <Dashboard /> : <Navigate to="/inbox" replace />;
}

function Dashboard() {
  useDocumentTitle('Dashboard');
  const search = route.useSearch();
  const { window = '24h', workflow, chart } = search;
  const navigate = useNavigate();
  const workflows = useQuery(trpc.workflows.list.queryOptions({}));
  const data = useQuery(
    trpc.dashboard.get.queryOptions(
      { window, ...(workflow === undefined ? {} : { workflowKey: workflow }) },
      // Hints tell of changes (use-feed.ts); what merely grows older is asked for now and then.
      { placeholderData: keepPreviousData, refetchInterval: 15_000 },
    ),
  );
  const change = (next: Partial<Record<keyof DashboardSearch, string | undefined>>) =>
    void navigate({
      to: '/dashboard',
      search: () => {
        const merged = { ...search, ...next };
        return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as DashboardSearch; // parsed again by the route
      },
    });
  const shown = data.data;
  return (
    <>
      <TopBar>
        <h1>Dashboard</h1>
        <span className="of-live" style={{ marginLeft: 8 }}>
          <LiveMark />
        </span>
        <span className="grow" />
        <label className="input select">
          <IconSitemap className="ic" size={14} stroke={1.8} />
          <select
            aria-label="Workflow"
            value={workflow ?? ''}
            onChange={(event) => change({ workflow: event.currentTarget.value || undefined })}
          >
            <option value="">All workflows</option>
            {workflows.data?.map(({ key, title }) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <div className="seg" role="radiogroup" aria-label="Time">
          {(Object.entries(WINDOWS) as [DashboardWindow, string][]).map(([key, label]) => (
            <button key={key} type="button" role="radio" aria-checked={key === window} onClick={() => change({ window: key })}>
              {label}
            </button>
          ))}
        </div>
      </TopBar>
      <div className="scroll">
        {data.isPending ? <SkeletonRows rows={10} label="Loading the dashboard" /> : null}
        {data.isError && shown === undefined ? <ErrorState error={data.error} onRetry={() => void data.refetch()} /> : null}
        {shown ? (
          <div className="dash" aria-busy={data.isPlaceholderData}>
            <Tiles data={shown} workflow={workflow} />
            <section className="card chart">
              <div className="hd">
                <Tabs
                  label="Charts"
                  height={39}
                  panelId="dashboard-chart"
                  value={chart ?? 'throughput'}
                  onChange={(key) => change({ chart: key === 'duration' ? key : undefined })}
                  items={[
                    { key: 'throughput', label: 'Throughput' },
                    { key: 'duration', label: 'Duration' },
                  ]}
                />
                <span className="grow" />
                <Legend duration={chart === 'duration'} minutes={shown.pointMinutes} />
              </div>
              <div id="dashboard-chart" role="tabpanel" aria-label={chart === 'duration' ? 'Duration' : 'Throughput'}>
                <TimeChart points={shown.points} minutes={shown.pointMinutes} kind={chart ?? 'throughput'} />
              </div>
            </section>
            <Waits data={shown} workflow={workflow} />
            <section className="card" aria-labelledby="dashboard-incidents">
              <div className="hd">
                <h2 id="dashboard-incidents">Incidents</h2>
                <span className="s12 t3 grow ell hd-words">grouped by workflow, node and error</span>
                <Link className="btn ghost sm" to="/incidents">
                  All incidents
                  <IconChevronRight className="ic" size={13} stroke={1.8} />
                </Link>
              </div>
              {shown.incidents.length === 0 ? (
                <EmptyState icon={<StatusIcon shape="completed" size={18} />} title="No open incidents">
                  What fails or gets stuck is gathered here.
                </EmptyState>
              ) : (
                <IncidentTable rows={shown.incidents} label="Open incidents" />
              )}
            </section>
            <div className="side">
              <Workers data={shown} />
              <StateReads data={shown} />
            </div>
          </div>
        ) : null}
      </div>
    </>
  );
}

function Tiles({ data, workflow }: { data: DashboardData; workflow: string | undefined }) {
  const now = useNow(30_000);
  const { totals, before, points, oldest } = data;
  const course = (of: (point: DashboardData['points'][number]) => number | null) =>
    thinned(
      points.map((point) => of(point) ?? 0),
      16,
    );
  const ended = totals.completed + totals.failed + totals.terminated;
  const scope = workflow === undefined ? {} : { workflow: [workflow] };
  const change = before.completed === 0 ? null : Math.round(((totals.completed - before.completed) / before.completed) * 100);
  const p95 = totals.p95Ms === null ? null : shortDuration(totals.p95Ms);
  const age = oldest === null ? null : shortDuration(now - Date.parse(oldest.createdAt));
  return (
    <div className="card kpis">
      <Tile
        label="Running"
        shape="running"
        value={data.now.running.toLocaleString('en')}
        line={<SparkLine values={course(({ running }) => running)} color="var(--running)" />}
        to={{ view: 'all', status: ['Running'], ...scope }}
      >
        {data.now.hot.toLocaleString('en')} hot in memory
      </Tile>
      <Tile
        label="Waiting"
        shape="waiting"
        value={data.now.waiting.toLocaleString('en')}
        line={<SparkLine values={course(({ waiting }) => waiting)} color="var(--waiting)" />}
        to={{ view: 'all', status: ['Waiting'], ...scope }}
      >
        Asleep, no memory held
      </Tile>
      <Tile
        label="Completed"
        shape="completed"
        value={totals.completed.toLocaleString('en')}
        line={<SparkLine values={course(({ completed }) => completed)} color="var(--completed)" />}
        to={{ view: 'all', status: ['Completed'], ...scope }}
      >
        {change === null
          ? 'None in the time before'
          : change === 0
            ? 'As many as before'
            : `${Math.abs(change)} % ${change > 0 ? 'above' : 'below'} the time before`}
      </Tile>
      <Tile
        label="Failed"
        shape="failed"
        value={totals.failed.toLocaleString('en')}
        line={<SparkLine values={course(({ failed }) => failed)} color="var(--failed)" />}
        to={{ view: 'all', status: ['Failed'], ...scope }}
      >
        {failedWords(totals.failed, ended, data.openIncidents)}
      </Tile>
      <Tile
        label="Duration p95"
        value={p95?.value ?? '–'}
        unit={p95?.unit}
        line={<SparkLine values={course(({ p95Ms }) => p95Ms)} color="var(--text-3)" />}
      >
        {totals.p50Ms === null ? 'Nothing has completed' : `Median ${durationWords(totals.p50Ms)}`}
      </Tile>
      <Tile
        label="Oldest unfinished"
        value={age?.value ?? '–'}
        unit={age?.unit}
        {...(oldest === null ? {} : { to: { view: 'open', ...scope } })}
      >
        {oldest === null ? (
          'Everything has ended'
        ) : (
          <>
            <Link to="/instances/$id" params={{ id: oldest.id }} className="under">
              {oldest.id}
            </Link>{' '}
            {oldest.whereabouts?.title ? `at ${oldest.whereabouts.title}` : oldest.status.toLowerCase()}
          </>
        )}
      </Tile>
    </div>
  );
}

/** Short enough for a sixth of a narrow page. */
function failedWords(failed: number, ended: number, openIncidents: number): string {
  const incidents = `${openIncidents.toLocaleString('en')} ${openIncidents === 1 ? 'incident' : 'incidents'}`;
  if (ended === 0) return openIncidents === 0 ? 'Nothing has ended' : `${incidents} open`;
  const share = `${((failed / ended) * 100).toFixed(failed === 0 ? 0 : 2)} %`;
  return `${share}, ${incidents}`;
}

function Tile({
  label,
  shape,
  value,
  unit,
  line,
  to,
  children,
}: {
  label: string;
  shape?: 'running' | 'waiting' | 'completed' | 'failed';
  value: string;
  unit?: string | undefined;
  line?: ReactNode;
  to?: Record<string, unknown>;
  children: ReactNode;
}) {
  const head = (
    <>
      {shape ? <StatusIcon shape={shape} size={13} /> : null}
      {label}
    </>
  );
  return (
    <div className="kpi">
      <div className="row g6 s12 t2 b5">
        {to ? (
          <Link to="/instances" search={to} className="row g6">
            {head}
          </Link>
        ) : (
          head
        )}
      </div>
      <div className="row" style={{ justifyContent: 'space-between', marginTop: 4 }}>
        <span className="big num">
          {value}
          {unit === undefined ? null : <small>{unit}</small>}
        </span>
        {line}
      </div>
      <div className="s12 t3 ell" style={{ marginTop: 3 }}>
        {children}
      </div>
    </div>
  );
}

function Legend({ duration, minutes }: { duration: boolean; minutes: number }) {
  return (
    <span className="row g16 s12 t2 legend">
      <span className="row g6">
        <svg width="14" height="4" aria-hidden="true">
          <path d="M0 2H14" stroke="var(--text-3)" strokeWidth="1.5" />
        </svg>
        {duration ? 'p95' : 'Started'}
      </span>
      <span className="row g6">
        <svg width="14" height="4" aria-hidden="true">
          <path d="M0 2H14" stroke={duration ? 'var(--accent)' : 'var(--completed)'} strokeWidth="2" />
        </svg>
        {duration ? 'Median' : 'Completed'}
      </span>
      <span className="row g6">
        <svg width="8" height="8" aria-hidden="true">
          <rect width="8" height="8" rx="1.5" fill="var(--failed)" />
        </svg>
        Failed
      </span>
      <span className="t3">per {minutes < 60 ? `${minutes} min` : `${minutes / 60} h`}</span>
    </span>
  );
}

const WAITS: Record<DashboardData['waits'][number]['kind'], { label: string; icon: ReactElement }> = {
  humanTask: { label: 'Human task', icon: <IconUserCheck className="ic" size={15} stroke={1.8} /> },
  event: { label: 'External event', icon: <IconBroadcast className="ic" size={15} stroke={1.8} /> },
  timer: { label: 'Timer', icon: <IconClock className="ic" size={15} stroke={1.8} /> },
  retry: { label: 'Retry', icon: <IconRefresh className="ic" size={15} stroke={1.8} /> },
  subWorkflow: { label: 'Sub-workflow', icon: <IconSitemap className="ic" size={15} stroke={1.8} /> },
  entity: { label: 'Entity', icon: <IconCube className="ic" size={15} stroke={1.8} /> },
  lock: { label: 'Entity lock', icon: <IconLock className="ic" size={15} stroke={1.8} /> },
  quarantined: { label: 'Quarantine', icon: <IconShieldX className="ic" size={15} stroke={1.8} /> },
  other: { label: 'Other', icon: <IconHourglass className="ic" size={15} stroke={1.8} /> },
};

function Waits({ data, workflow }: { data: DashboardData; workflow: string | undefined }) {
  const now = useNow(1_000);
  const maySeeTasks = useMay('task.read');
  const most = Math.max(1, ...data.waits.map(({ instances }) => instances));
  const scope = workflow === undefined ? {} : { workflow: [workflow] };
  return (
    <section className="card waits" aria-labelledby="dashboard-waits">
      <div className="hd">
        <h2 className="grow" id="dashboard-waits">
          What waits, and for how long
        </h2>
        <span className="num t2 b5">{data.now.waiting.toLocaleString('en')}</span>
      </div>
      {data.waits.length === 0 ? <p className="t3 none">Nothing waits.</p> : null}
      <ul>
        {data.waits.slice(0, 6).map(({ kind, instances, oldestSince, nextUntil }) => {
          const { label, icon } = WAITS[kind];
          const next = (kind === 'timer' || kind === 'retry') && nextUntil !== null;
          return (
            <li key={kind} className="wr">
              {icon}
              {kind === 'other' ? (
                <span className="b5 name">{label}</span>
              ) : (
                <Link className="b5 name" to="/instances" search={{ view: 'all', waits: [kind], ...scope }}>
                  {label}
                </Link>
              )}
              <span className="wb">
                <i style={{ width: `${(instances / most) * 100}%` }} />
              </span>
              <span className="num b5 count">{instances.toLocaleString('en')}</span>
              <span className="t3 s12 num age">
                {next
                  ? `next in ${durationWords(Math.max(0, Date.parse(nextUntil) - now))}`
                  : `oldest ${durationWords(Math.max(0, now - Date.parse(oldestSince)))}`}
              </span>
            </li>
          );
        })}
      </ul>
      {data.overdueTasks > 0 ? (
        <div className="late">
          <IconAlarm className="ic" size={14} stroke={1.8} />
          <span className="grow">
            <b className="num">{data.overdueTasks > 10_000 ? '10,000+' : data.overdueTasks.toLocaleString('en')}</b> human{' '}
            {data.overdueTasks === 1 ? 'task is past its due date' : 'tasks are past their due date'}
          </span>
          {maySeeTasks ? (
            <Link className="lnk" to="/inbox" search={{ view: 'all', overdue: true, ...(workflow === undefined ? {} : { workflow }) }}>
              Show<span className="visually-hidden"> overdue tasks</span>
            </Link>
          ) : null}
        </div>
      ) : null}
      {data.stuck > 0 ? (
        <div className="late">
          <StatusIcon shape="warning" size={14} />
          <span className="grow">
            <b className="num">{data.stuck > 10_000 ? '10,000+' : data.stuck.toLocaleString('en')}</b>{' '}
            {data.stuck === 1 ? 'instance is stuck: nothing will wake it' : 'instances are stuck: nothing will wake them'}
          </span>
          <Link className="lnk" to="/instances" search={{ view: 'stuck', ...scope }}>
            Show<span className="visually-hidden"> stuck instances</span>
          </Link>
        </div>
      ) : null}
    </section>
  );
}

function Workers({ data }: { data: DashboardData }) {
  const now = useNow(1_000);
  return (
    <section className="card" aria-labelledby="dashboard-workers">
      <div className="hd">
        <h2 className="grow" id="dashboard-workers">
          Workers
        </h2>
        <span className="t3 s12 num">{data.partitions} partitions</span>
      </div>
      <ul className="workers">
        {data.workers.length === 0 ? <li className="t3">No worker gives a sign of life.</li> : null}
        {data.workers.slice(0, 8).map(({ id, partitions, turnsPerSecond, isGone, moved }) => (
          <Fragment key={id}>
            <li>
              <i className={isGone ? 'up off' : 'up'} />
              <span className="b5 ell worker" title={id}>
                {id}
              </span>
              <span className="parts" role="img" aria-label={`${partitions} partitions`}>
                {marksOf(partitions, moved?.partitions ?? 0).map((came, i) => (
                  // Marks without identity.
                  <i key={i} className={came ? 'came' : undefined} />
                ))}
              </span>
              <span className="grow" />
              <span className="num s12 t2 nowrap">
                {isGone
                  ? 'gone'
                  : turnsPerSecond === null
                    ? `${partitions} partitions`
                    : `${Math.round(turnsPerSecond).toLocaleString('en')} turns/s`}
              </span>
            </li>
            {moved === null ? null : (
              <li className="moved s12 t3">
                <i aria-hidden="true" />
                <span className="ell" title={moved.from}>
                  {moved.partitions} {moved.partitions === 1 ? 'partition' : 'partitions'} moved here from {moved.from}
                </span>
                <span className="nowrap num">{agoWords(moved.at, now)}</span>
              </li>
            )}
          </Fragment>
        ))}
      </ul>
    </section>
  );
}

const MOST_MARKS = 22;
const PARTITIONS_PER_MARK = 3;

/** A mark for a few partitions each; those that came from another worker are the last. */
function marksOf(partitions: number, came: number): boolean[] {
  const marks = Math.min(MOST_MARKS, Math.ceil(partitions / PARTITIONS_PER_MARK));
  const coming = Math.min(marks, Math.ceil(came / PARTITIONS_PER_MARK));
  return Array.from({ length: marks }, (_, i) => i >= marks - coming);
}

function StateReads({ data: { stateReads } }: { data: DashboardData }) {
  const all = stateReads === null ? 0 : stateReads.memory + stateReads.hot + stateReads.postgres;
  const levels = [
    { label: 'Memory', count: stateReads?.memory ?? 0, color: 'var(--accent)' },
    { label: 'Redis', count: stateReads?.hot ?? 0, color: 'var(--accent-line)' },
    { label: 'Postgres', count: stateReads?.postgres ?? 0, color: 'var(--border-3)' },
  ];
  return (
    <section className="card" aria-labelledby="dashboard-state">
      <div className="hd">
        <h2 className="grow" id="dashboard-state">
          Where state was found
        </h2>
        <span className="t3 s12">last 15 min</span>
      </div>
      {all === 0 ? (
        <p className="t3 none">No state was needed.</p>
      ) : (
        <div className="state">
          <div className="stack" aria-hidden="true">
            {levels.map(({ label, count, color }) => (count === 0 ? null : <i key={label} style={{ flex: count, background: color }} />))}
          </div>
          <div className="row s12 levels">
            {levels.map(({ label, count, color }) => (
              <span className="row g6" key={label}>
                <b style={{ background: color }} className="sw" />
                {label} <span className="num b6">{((count / all) * 100).toFixed(1)} %</span>
              </span>
            ))}
          </div>
        </div>
      )}
    </section>
  );
}
