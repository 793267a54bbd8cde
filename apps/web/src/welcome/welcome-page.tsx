import {
  IconArrowUpRight,
  IconBolt,
  IconCheck,
  IconChevronRight,
  IconDatabase,
  IconFileImport,
  IconInbox,
  IconPlayerPlay,
  IconPlus,
  IconServer2,
  IconSitemap,
  IconTag,
} from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { InstanceDetail, InstanceRow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMay, useMe } from '../api/use-me.ts';
import { WorkflowCanvas } from '../canvas/workflow-canvas.tsx';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Kbd } from '../components/kbd.tsx';
import { formatElapsed, useNow } from '../components/moment.ts';
import { Skeleton } from '../components/skeleton.tsx';
import { toastError } from '../components/toast.tsx';
import { useKeys } from '../components/use-keys.ts';
import { InstanceElapsed } from '../instances/instance-elapsed.tsx';
import { useInstanceRun } from '../instances/use-instance-run.ts';
import { WhereAndWhy } from '../instances/where-and-why.tsx';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { StatusLabel, StatusPill } from '../status/status-label.tsx';
import { NewWorkflowDialog } from '../workflows-page/new-workflow-dialog.tsx';
import { GUIDE_STEPS, guideStep, type GuideStep } from './guide-steps.ts';
import './welcome.css';

const ImportWorkflowDialog = lazy(() =>
  import('../workflows-page/import-workflow-dialog.tsx').then((module) => ({ default: module.ImportWorkflowDialog })),
);

/** The sample with a person in it: the guide's. */
const GUIDE_WORKFLOW = 'order-approval';
const RUN_KEY = 'perdure-guide-run';
const GUIDE_KEY = 'perdure-guide';

/** The first page after the first sign-in: run a sample, watch it, approve, restart. Skippable, and it comes back from the logo. */
export function WelcomePage() {
  useDocumentTitle('Welcome');
  const navigate = useNavigate();
  const mayStart = useMay('instance.start');
  const mayEdit = useMay('workflow.edit');
  const [dialog, setDialog] = useState<'new' | 'import' | null>(null);
  const [runId, setRunId] = useState(() => localStorage.getItem(RUN_KEY));
  const [restarted, setRestarted] = useState(() => localStorage.getItem(GUIDE_KEY) === 'done');

  const workflows = useQuery(trpc.workflows.list.queryOptions({}));
  const samples = workflows.data?.filter((workflow) => workflow.sample && workflow.latestVersion !== null) ?? [];
  const sample = samples.find((workflow) => workflow.key === GUIDE_WORKFLOW) ?? samples[0];
  const recent = useQuery(
    trpc.instances.list.queryOptions({ workflowKeys: samples.map((workflow) => workflow.key), limit: 20 }, { enabled: samples.length > 0 }),
  );
  const finished = recent.data?.rows.find((row) => row.status === 'Completed');
  const waiting = recent.data?.rows.find((row) => row.status === 'Waiting');
  const shownId = runId ?? waiting?.id ?? finished?.id ?? null;
  const shown = useQuery(
    trpc.instances.get.queryOptions(
      { id: shownId ?? '' },
      { enabled: shownId !== null, refetchInterval: (query) => (query.state.data?.completedAt === null ? 3_000 : false) },
    ),
  );

  const run = runId === null || shown.isError ? null : (shown.data ?? null);
  const step = guideStep(run, restarted);
  const start = useMutation(
    trpc.instances.start.mutationOptions({
      onSuccess: ({ id }) => {
        localStorage.setItem(RUN_KEY, id);
        localStorage.removeItem(GUIDE_KEY);
        setRestarted(false);
        setRunId(id);
      },
      onError: toastError,
    }),
  );
  const openTask = run?.tasks.find((task) => task.status === 'open');
  const done = step === 'done' ? GUIDE_STEPS.length : GUIDE_STEPS.indexOf(step);
  useKeys({
    n: () => {
      if (mayEdit) setDialog('new');
    },
  });
  const state = (of: GuideStep): 'done' | 'current' | 'ahead' =>
    of === step ? 'current' : step === 'done' || GUIDE_STEPS.indexOf(of) < GUIDE_STEPS.indexOf(step) ? 'done' : 'ahead';
  const runSample = (
    <Button
      look={step === 'run' ? 'primary' : 'plain'}
      icon={<IconPlayerPlay className="ic" stroke={1.8} />}
      busy={start.isPending}
      refusal={!mayStart ? 'Your role may not start instances' : sample === undefined ? 'There is no published sample' : null}
      onClick={() => {
        if (sample) start.mutate({ workflowKey: sample.key, input: {} });
      }}
    >
      {step === 'run' ? 'Run the sample' : 'Run it again'}
    </Button>
  );

  return (
    <>
      <TopBar>
        <h1>Welcome to Perdure</h1>
        <span className="grow" />
        <Button
          look="ghost"
          onClick={() => {
            localStorage.setItem(GUIDE_KEY, 'skipped');
            void navigate({ to: '/instances' });
          }}
        >
          Skip the guide
        </Button>
      </TopBar>
      <div className="fr">
        <section className="guide" aria-label="Guide">
          <h2 className="start">Start here</h2>
          <p>Five minutes with a sample workflow, on this installation. You can skip it and come back through the logo.</p>
          <div className="card">
            <div className="gh">
              <h3 className="grow">First steps</h3>
              <span className="pb" aria-hidden="true">
                <i style={{ width: `${(done / GUIDE_STEPS.length) * 100}%` }} />
              </span>
              <span className="num s12 t2">
                {done} of {GUIDE_STEPS.length}
              </span>
            </div>
            <ol>
              <Step number={1} state={state('run')} title="Run the sample">
                <p>
                  {sample ? `${sample.title}: checks in parallel, a retry, and a person who decides.` : 'The samples are being set up.'}
                </p>
                {runSample}
              </Step>
              <Step number={2} state={state('watch')} title="Watch the nodes light up">
                <p>Each step lights up as its result is recorded. One check fails on purpose and is tried again.</p>
              </Step>
              <Step number={3} state={state('approve')} title="Approve it in your inbox" hint="A person decides, and the rest runs">
                <p>The checks are done. The next step is a human task, and it waits for you. Decide, and the rest runs.</p>
                <span className="row g8">
                  <Link to="/inbox" search={openTask ? { view: 'all', task: openTask.id } : {}} className="btn primary">
                    <IconInbox className="ic" stroke={1.8} />
                    Open the task
                  </Link>
                  <span className="row g4 s12 t2">
                    or press <Kbd>g</Kbd> <Kbd>i</Kbd>
                  </span>
                </span>
              </Step>
              <Step number={4} state={state('restart')} title="Stop the server, start it again" hint="Whatever waits resumes right there">
                <p>Whatever waits or runs goes on where it was. Run the sample again first to see one wait.</p>
                <div className="term mono">
                  <span>
                    <span className="t3">$ </span>npm start
                  </span>
                  <span className="t3">Ctrl C, then again</span>
                </div>
                <span className="row g8">
                  <Button
                    look="primary"
                    onClick={() => {
                      localStorage.setItem(GUIDE_KEY, 'done');
                      setRestarted(true);
                    }}
                  >
                    I did that
                  </Button>
                  {runSample}
                </span>
              </Step>
            </ol>
          </div>
        </section>
        <div className="rc">
          {shown.data ? (
            <SampleRun key={shown.data.id} instance={shown.data} />
          ) : (
            <section className="card" aria-label="Sample instance">
              <div className="hd">
                <h2>Sample</h2>
              </div>
              <div className="wcanvas page-center">
                {workflows.isPending || recent.isLoading || shown.isLoading ? (
                  <Skeleton width={216} height={52} />
                ) : (
                  <EmptyState title="No sample instance yet">Run the sample to see it here.</EmptyState>
                )}
              </div>
            </section>
          )}
          {finished || waiting ? <Examples rows={[finished, waiting].filter((row) => row !== undefined)} /> : null}
          <div className="two">
            <Installation />
            <section className="card" aria-label="When you are ready">
              <div className="hd">
                <h2>When you are ready</h2>
              </div>
              <div className="gos">
                <Link to="/workflows" className="go">
                  <IconSitemap className="ic" size={15} stroke={1.8} />
                  <span className="grow">Open the sample workflows</span>
                  <span className="t3 num b4">{samples.length}</span>
                  <IconChevronRight className="ic" size={14} stroke={1.8} />
                </Link>
                {mayEdit ? (
                  <>
                    <button type="button" className="plain go" onClick={() => setDialog('new')}>
                      <IconPlus className="ic" size={15} stroke={1.8} />
                      <span className="grow">Draw a new workflow</span>
                      <Kbd>n</Kbd>
                      <IconChevronRight className="ic" size={14} stroke={1.8} />
                    </button>
                    <button type="button" className="plain go" onClick={() => setDialog('import')}>
                      <IconFileImport className="ic" size={15} stroke={1.8} />
                      <span className="grow">Import a definition</span>
                      <IconChevronRight className="ic" size={14} stroke={1.8} />
                    </button>
                  </>
                ) : null}
              </div>
            </section>
          </div>
        </div>
      </div>
      <NewWorkflowDialog opened={dialog === 'new'} onClose={() => setDialog(null)} />
      {dialog === 'import' ? (
        <Suspense fallback={null}>
          <ImportWorkflowDialog text="" onClose={() => setDialog(null)} />
        </Suspense>
      ) : null}
    </>
  );
}

function Step({
  number,
  state,
  title,
  hint,
  children,
}: {
  number: number;
  state: 'done' | 'current' | 'ahead';
  title: string;
  hint?: string;
  children: ReactNode;
}) {
  return (
    <li className={state === 'current' ? 'stp cur' : 'stp'} {...(state === 'current' ? { 'aria-current': 'step' as const } : {})}>
      <span className={state === 'done' ? 'ck done' : 'ck'}>
        {state === 'done' ? <IconCheck className="ic" size={12} stroke={3} aria-label="Done" /> : number}
      </span>
      <div className="grow">
        <div className="b5">{title}</div>
        {state === 'current' ? children : state === 'ahead' && hint !== undefined ? <div className="s12 t3">{hint}</div> : null}
      </div>
    </li>
  );
}

/** The sample instance, live. */
function SampleRun({ instance }: { instance: InstanceDetail }) {
  const shown = useQuery(trpc.instances.get.queryOptions({ id: instance.id }));
  const { refetch } = shown;
  const run = useInstanceRun(instance, refetch);
  const navigate = useNavigate();
  const status = run.status ?? instance.status;
  const task = [...run.steps.steps.values()].find((step) => step.closedAt === null && step.task !== null);
  return (
    <section className="card" aria-label="Sample instance">
      <div className="hd">
        <h2 className="nowrap">{instance.workflowTitle}</h2>
        <span className="mono t3 ell">{instance.id}</span>
        <StatusPill status={status} />
        <span style={{ marginLeft: 'auto' }} />
        <Link to="/workflows/$key" params={{ key: instance.workflowKey }} className="btn ghost">
          Open the workflow
        </Link>
        <Link to="/instances/$id" params={{ id: instance.id }} className="btn">
          Open instance
          <IconArrowUpRight className="ic" stroke={1.8} />
        </Link>
      </div>
      <div className="wcanvas">
        <WorkflowCanvas
          document={instance.document}
          mode="view"
          runState={run.picture}
          onSelect={(node) => (node === null ? undefined : void navigate({ to: '/instances/$id', params: { id: instance.id } }))}
        >
          {task ? <AsleepHint since={task.openedAt} /> : null}
        </WorkflowCanvas>
      </div>
    </section>
  );
}

function AsleepHint({ since }: { since: number }) {
  const now = useNow(1_000);
  return (
    <div className="card whint">
      <div className="row g8 b6">
        <StatusIcon shape="waiting" size={14} />
        Waiting for {formatElapsed(since, now)}
      </div>
      <p>The instance is asleep. It holds no process, no thread and no memory until somebody decides.</p>
    </div>
  );
}

function Examples({ rows }: { rows: InstanceRow[] }) {
  return (
    <section className="card" aria-label="Instances to look at">
      <div className="hd">
        <h2>{rows.length === 1 ? 'An instance to look at' : 'Two instances to look at'}</h2>
      </div>
      <table className="smp">
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <StatusLabel status={row.status} />
              </td>
              <td className="ell">
                <Link to="/instances/$id" params={{ id: row.id }} className="mono b5">
                  {row.id}
                </Link>
              </td>
              <td className="t2 ell">
                {row.status === 'Completed' ? 'Finished, every step with its input and output' : <WhereAndWhy row={row} />}
              </td>
              <td className="num t2">
                <InstanceElapsed createdAt={row.createdAt} completedAt={row.completedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Installation() {
  const installation = useMe().data?.installation;
  if (!installation) return null;
  return (
    <section className="card" aria-label="This installation">
      <div className="hd">
        <h2 className="grow">This installation</h2>
        <span className="status s12">
          <StatusIcon shape="completed" />
          Ready
        </span>
      </div>
      <dl>
        <div>
          <dt>
            <IconDatabase className="ic" size={15} stroke={1.8} />
            Postgres
          </dt>
          <dd>{installation.postgres}</dd>
        </div>
        <div>
          <dt>
            <IconBolt className="ic" size={15} stroke={1.8} />
            Redis
          </dt>
          <dd>{installation.redis}</dd>
        </div>
        <div>
          <dt>
            <IconServer2 className="ic" size={15} stroke={1.8} />
            {installation.workers === 1 ? 'Worker' : 'Workers'}
          </dt>
          <dd>{installation.workers === 1 ? '1, in this process' : installation.workers}</dd>
        </div>
        <div>
          <dt>
            <IconTag className="ic" size={15} stroke={1.8} />
            Version
          </dt>
          <dd>{installation.version}</dd>
        </div>
      </dl>
    </section>
  );
}
