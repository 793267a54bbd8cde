import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import type { Guide } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { Skeleton, SkeletonRows } from '../components/skeleton.tsx';
import { toastError } from '../components/toast.tsx';
import { MigrateDialog } from '../instances/acting/migrate-dialog.tsx';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { Examples } from './examples.tsx';
import { GuideCard } from './guide-card.tsx';
import { BREAK_STEPS, countDone, FIRST_STEPS, nextStep } from './guide-steps.ts';
import { InstallationCard } from './installation-card.tsx';
import { ReadyCard } from './ready-card.tsx';
import { SampleRun } from './sample-run.tsx';
import { useGuideWords } from './use-guide-words.tsx';
import './welcome.css';

/** Looks for what nothing hints at: that the server has been told of a page which follows a run. */
const LOOK_EVERY_MS = 2_000;

/**
 * The first page of an installation nobody has worked with: a sample to run, watch, approve and stop, and then to break. What is ticked has
 * happened (see apps/server/src/guide). It can be skipped, and comes back by the help menu.
 */
export function WelcomePage() {
  useDocumentTitle('Welcome');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const guide = useQuery(trpc.guide.get.queryOptions(undefined, { refetchInterval: LOOK_EVERY_MS }));
  const skip = useMutation(
    trpc.guide.skip.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: trpc.guide.pathKey() });
        await navigate({ to: '/dashboard' });
      },
      onError: toastError,
    }),
  );
  const isOver = guide.data !== undefined && (guide.data.skipped || countDone(guide.data.done, FIRST_STEPS) === FIRST_STEPS.length);
  return (
    <>
      <TopBar>
        <h1>Welcome to Perdure</h1>
        <span className="grow" />
        {guide.data?.workflow ? (
          <Button
            look="ghost"
            busy={skip.isPending}
            onClick={() => {
              if (isOver) void navigate({ to: '/dashboard' });
              else skip.mutate({ skipped: true });
            }}
          >
            {isOver ? 'Close the guide' : 'Skip the guide'}
          </Button>
        ) : null}
      </TopBar>
      {guide.isError && !guide.data ? <ErrorState error={guide.error} onRetry={() => void guide.refetch()} /> : null}
      {guide.isPending ? <SkeletonRows rows={6} label="Loading the guide" /> : null}
      {guide.data ? <Welcome guide={guide.data} /> : null}
    </>
  );
}

function Welcome({ guide }: { guide: Guide }) {
  const { workflow } = guide;
  const samples = useQuery(trpc.workflows.list.queryOptions({})).data?.filter(({ sample }) => sample) ?? [];
  const keys = samples.map(({ key }) => key);
  const recent = useQuery(trpc.instances.list.queryOptions({ workflowKeys: keys, limit: 50 }, { enabled: keys.length > 0 }));
  const rows = recent.data?.rows ?? [];
  const waiting = rows.find(({ status, workflowKey }) => status === 'Waiting' && workflowKey === workflow?.key);
  const finished = rows.find(({ status }) => status === 'Completed');
  // Their own, else one that is there from the start.
  const shownId = guide.run ?? waiting?.id ?? finished?.id ?? null;
  const shown = useInstance(shownId);
  const failedRun = useInstance(guide.failedRun);
  return (
    <div className="fr">
      <section className="guide" aria-label="Guide">
        <h2 className="start">Start here</h2>
        {workflow ? (
          <>
            <p>Five minutes with a sample workflow, on this installation. You can skip it and come back from the help menu.</p>
            <GuideCards
              guide={guide}
              run={guide.run === null ? null : (shown.data ?? null)}
              failedRun={guide.failedRun === null ? null : (failedRun.data ?? null)}
            />
          </>
        ) : (
          <p>The sample that the guide is about is not on this installation. Begin with a template, or draw a workflow of your own.</p>
        )}
      </section>
      <div className="rc">
        {shown.data ? (
          <SampleRun key={shown.data.id} instance={shown.data} />
        ) : workflow ? (
          <NoRun>
            {recent.isLoading || shown.isLoading ? (
              <Skeleton width={216} height={52} />
            ) : (
              <EmptyState title="No sample instance yet">Run the sample to see it here.</EmptyState>
            )}
          </NoRun>
        ) : null}
        {finished || waiting ? <Examples rows={[finished, waiting].filter((row) => row !== undefined)} /> : null}
        <div className="two">
          <InstallationCard signInLink={guide.signInLink} />
          <ReadyCard />
        </div>
      </div>
    </div>
  );
}

function GuideCards({ guide, ...runs }: { guide: Guide } & Pick<Parameters<typeof useGuideWords>[0], 'run' | 'failedRun'>) {
  const [migrating, setMigrating] = useState(false);
  const words = useGuideWords({ guide, ...runs, onMigrate: () => setMigrating(true) });
  const next = nextStep(guide.done);
  const first = countDone(guide.done, FIRST_STEPS);
  const cards = { done: guide.done, next, words };
  return (
    <>
      <GuideCard
        {...cards}
        title="First steps"
        steps={FIRST_STEPS}
        from={1}
        aside={
          <>
            <span className="pb" aria-hidden="true">
              <i style={{ width: `${(first / FIRST_STEPS.length) * 100}%` }} />
            </span>
            <span className="num s12 t2">
              {first} of {FIRST_STEPS.length}
            </span>
          </>
        }
      />
      <GuideCard
        {...cards}
        title="Then break it"
        steps={BREAK_STEPS}
        from={FIRST_STEPS.length + 1}
        aside={<span className="s12 t3">{next === null ? 'all done' : 'optional'}</span>}
      />
      {migrating && runs.failedRun ? <MigrateDialog instance={runs.failedRun} onClose={() => setMigrating(false)} /> : null}
    </>
  );
}

/** As it is now, until it is over. */
function useInstance(id: string | null) {
  return useQuery(
    trpc.instances.get.queryOptions(
      { id: id ?? '' },
      { enabled: id !== null, refetchInterval: (query) => (query.state.data?.completedAt === null ? 3_000 : false) },
    ),
  );
}

function NoRun({ children }: { children: ReactNode }) {
  return (
    <section className="card" aria-label="Sample instance">
      <div className="hd">
        <h2>Sample order</h2>
      </div>
      <div className="wcanvas page-center">{children}</div>
    </section>
  );
}
