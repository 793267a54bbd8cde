import { IconAlertTriangle, IconArrowsRight, IconInbox, IconPencil, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Guide, GuideStep, InstanceDetail, StartInput } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMayIn } from '../api/use-me.ts';
import { useRefusal } from '../api/use-refusal.ts';
import { Button } from '../components/button.tsx';
import { Kbd } from '../components/kbd.tsx';
import { toastError } from '../components/toast.tsx';
import { versionWords } from '../components/version-words.ts';
import { isOver } from '../instances/is-over.ts';
import type { StepWords } from './guide-card.tsx';
import { nextStep } from './guide-steps.ts';

/** The step of the sample that fails on demand. */
const FAILING_NODE = 'check_stock';

/** What each step of the guide says, by how things stand. `run`: the person's newest run; `onMigrate` opens the dialog for the failed one. */
export function useGuideWords({
  guide,
  run,
  failedRun,
  onMigrate,
}: {
  guide: Guide;
  run: InstanceDetail | null;
  failedRun: InstanceDetail | null;
  onMigrate(): void;
}): Readonly<Record<GuideStep, StepWords>> {
  const queries = useQueryClient();
  const { workflow } = guide;
  const folder = workflow?.folder ?? '';
  const noStart = useRefusal('instance.start', folder);
  const mayEdit = useMayIn('workflow.edit', folder);
  const noOperate = useRefusal('instance.operate', folder);
  const start = useMutation(
    trpc.instances.start.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: trpc.guide.pathKey() }),
      onError: toastError,
    }),
  );
  const next = nextStep(guide.done);
  const incidents = useQuery(trpc.incidents.list.queryOptions({ states: ['open'] }, { enabled: next === 'found' })).data;
  const incident = incidents?.rows.find(({ workflowKey }) => workflowKey === workflow?.key);

  const runButton = (label: string, more: Partial<StartInput> = {}, look: 'primary' | 'plain' = 'primary') => (
    <Button
      look={look}
      icon={<IconPlayerPlay className="ic" stroke={1.8} />}
      busy={start.isPending}
      refusal={noStart}
      onClick={() => {
        if (workflow)
          start.mutate({ workflowKey: workflow.key, instanceId: `sample-${crypto.randomUUID().slice(0, 6)}`, input: {}, ...more });
      }}
    >
      {label}
    </Button>
  );
  const over = run === null || isOver(run.status);
  const openTask = run?.tasks.rows.find(({ status }) => status === 'open');
  const newer = failedRun !== null && workflow !== null && workflow.version > failedRun.version;
  return {
    ran: {
      title: 'Run the sample',
      how: (
        <>
          <p>An order is priced, its stock is checked, a person approves it, and it is packed.</p>
          {runButton('Run the sample')}
        </>
      ),
    },
    watched: {
      title: 'Watch the nodes light up',
      hint: 'Each as its result is recorded',
      how: (
        <>
          <p>Each step lights up as its result is recorded. {over ? 'Run the sample, and keep its canvas in view.' : 'Here it comes.'}</p>
          {over ? runButton('Run it again') : null}
        </>
      ),
    },
    approved: {
      title: 'Approve it in your inbox',
      hint: 'A person decides, and the rest runs',
      how: over ? (
        <>
          <p>That run is over, and nobody is asked any more. Run it again, and decide its task.</p>
          {runButton('Run it again')}
        </>
      ) : openTask ? (
        <>
          <p>Check stock is done. Approve order is a human task, and it waits for you. Decide, and the rest runs.</p>
          <span className="row g8 wrap">
            <Link to="/inbox" search={{ view: 'all', task: openTask.id }} className="btn primary">
              <IconInbox className="ic" stroke={1.8} />
              Open the task
            </Link>
            <span className="row g4 s12 t2">
              or press <Kbd>g</Kbd> <Kbd>i</Kbd>
            </span>
          </span>
        </>
      ) : (
        <p>Approve order comes after Check stock. It is a human task, and waits for you as long as it takes.</p>
      ),
    },
    resumed: {
      title: 'Stop the server, start it again',
      hint: 'While Pack order counts down. It resumes right there.',
      how: over ? (
        <>
          <p>That run is over before the server was stopped. Run it again, approve it, and stop the server while Pack order counts down.</p>
          {runButton('Run it again')}
        </>
      ) : (
        <p>
          {openTask
            ? 'Stop it now or while Pack order counts down. The order waits where it is; decide, and it goes on.'
            : 'While Pack order counts down. It resumes right there, and this is ticked once it has gone on.'}
        </p>
      ),
      shows: (
        <div className="term mono">
          <span>
            <span className="t3">$ </span>npm start
          </span>
          <span className="t3">Ctrl C, then again</span>
        </div>
      ),
    },
    failed: {
      title: 'Let Check stock fail',
      hint: 'One switch in the sample, five attempts, one incident',
      how: (
        <>
          <p>One switch in the sample’s input lets the stock service refuse. Five attempts later there is an incident.</p>
          {/* Later versions may have mended the step. */}
          {runButton('Run it with the switch on', { version: 1, input: { stockFails: true } })}
        </>
      ),
    },
    found: {
      title: 'Find the incident',
      hint: 'All instances with this error are one row',
      how: (
        <>
          <p>All instances that failed with this error are one row, however many they are.</p>
          <span className="row g8 wrap">
            {incident ? (
              <Link to="/incidents/$fingerprint" params={{ fingerprint: incident.fingerprint }} className="btn primary">
                <IconAlertTriangle className="ic" stroke={1.8} />
                Open the incident
              </Link>
            ) : (
              <Link to="/incidents" className="btn primary">
                <IconAlertTriangle className="ic" stroke={1.8} />
                Open the incidents
              </Link>
            )}
            <span className="row g4 s12 t2">
              or press <Kbd>g</Kbd> <Kbd>n</Kbd>
            </span>
          </span>
        </>
      ),
    },
    mended: {
      title: 'Change the step and retry',
      hint: 'Finished steps are not run again',
      how:
        failedRun !== null && !isOver(failedRun.status) ? (
          <p>It goes on. Price order has its result already and is not run again.</p>
        ) : newer ? (
          <>
            <p>The failed instance goes on in the new version: Check stock is tried again, and Price order is not run again.</p>
            <Button
              look="primary"
              icon={<IconArrowsRight className="ic" stroke={1.8} />}
              refusal={noOperate ?? (failedRun.status === 'Failed' ? null : 'The instance is over')}
              onClick={onMigrate}
            >
              {`Retry in ${versionWords(workflow.version)}…`}
            </Button>
          </>
        ) : (
          <>
            <p>
              Check stock fails because its query says <span className="mono">failTimes</span>. Open the step, remove that line, and
              publish.
              {mayEdit ? '' : ' Your role may not change workflows: ask somebody who may.'}
            </p>
            {workflow ? (
              <Link to="/workflows/$key" params={{ key: workflow.key }} search={{ node: FAILING_NODE }} className="btn primary">
                <IconPencil className="ic" stroke={1.8} />
                Open the step
              </Link>
            ) : null}
          </>
        ),
    },
  };
}
