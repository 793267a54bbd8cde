import { Menu } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowsRight,
  IconBroadcast,
  IconDots,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconRefresh,
  IconRepeat,
  IconTrash,
  IconVariable,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { memo, useState } from 'react';
import type { GraphNode } from '@perdure/graph';
import type { InstanceDetail, ShownStatus } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useRefusal } from '../api/use-refusal.ts';
import { ActionItem } from '../components/action-item.tsx';
import { Button } from '../components/button.tsx';
import { toast, toastError } from '../components/toast.tsx';
import { EditVariablesDialog } from './acting/edit-variables-dialog.tsx';
import { MigrateDialog } from './acting/migrate-dialog.tsx';
import { PurgeDialog } from './acting/purge-dialog.tsx';
import { RaiseEventDialog } from './acting/raise-event-dialog.tsx';
import { RestartDialog } from './acting/restart-dialog.tsx';
import { RetryStepDialog } from './acting/retry-step-dialog.tsx';
import { RewindDialog } from './acting/rewind-dialog.tsx';
import { SkipStepDialog } from './acting/skip-step-dialog.tsx';
import { TerminateDialog } from './acting/terminate-dialog.tsx';
import { CompareMenu } from './compare-menu.tsx';
import type { StepRecord } from './fold-steps.ts';
import type { InstanceRun } from './instance-run.ts';
import { isOver } from './is-over.ts';

type Act = 'event' | 'terminate' | 'purge' | 'retry' | 'rewind' | 'skip' | 'variables' | 'restart' | 'migrate';

interface InstanceActionsProps {
  instance: InstanceDetail;
  run: InstanceRun;
  status: ShownStatus;
  awaited: string[];
  /** The chosen step and its node, as they are now. */
  step: StepRecord | null;
  node: GraphNode | null;
}

/** What can be done with an instance now. An action that cannot be taken stays visible and says why. */
export const InstanceActions = memo(function InstanceActions({ instance, run, status, awaited, step, node }: InstanceActionsProps) {
  const [open, setOpen] = useState<Act | null>(null);
  const refusals = useRefusalsNow(instance, status, step);
  const close = () => setOpen(null);
  const failed = status === 'Failed';
  const title = node?.title ?? '';
  return (
    <>
      <CompareMenu instance={instance} />
      {failed ? (
        <Button icon={<IconArrowBackUp className="ic" stroke={1.8} />} refusal={refusals.rewind} onClick={() => setOpen('rewind')}>
          Rewind…
        </Button>
      ) : (
        <Button icon={<IconBroadcast className="ic" stroke={1.8} />} refusal={refusals.event} onClick={() => setOpen('event')}>
          Raise event…
        </Button>
      )}
      {isOver(status) ? (
        <Button icon={<IconRefresh className="ic" stroke={1.8} />} refusal={refusals.restart} onClick={() => setOpen('restart')}>
          Restart…
        </Button>
      ) : (
        <Suspension instance={instance} status={status} refusal={refusals.event} />
      )}
      <Button
        look="danger"
        icon={<IconPlayerStop className="ic" stroke={1.8} />}
        refusal={refusals.terminate}
        onClick={() => setOpen('terminate')}
      >
        Terminate…
      </Button>
      <Menu width={240}>
        <Menu.Target>
          <button type="button" className="btn icon" aria-label="More actions">
            <IconDots className="ic" stroke={1.8} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <ActionItem icon={<IconRepeat className="ic" stroke={1.8} />} refusal={refusals.retry} onClick={() => setOpen('retry')}>
            Retry step…
          </ActionItem>
          <ActionItem icon={<IconPlayerSkipForward className="ic" stroke={1.8} />} refusal={refusals.skip} onClick={() => setOpen('skip')}>
            Skip step…
          </ActionItem>
          <ActionItem icon={<IconArrowBackUp className="ic" stroke={1.8} />} refusal={refusals.rewind} onClick={() => setOpen('rewind')}>
            Rewind…
          </ActionItem>
          <ActionItem icon={<IconVariable className="ic" stroke={1.8} />} refusal={refusals.variables} onClick={() => setOpen('variables')}>
            Edit variables…
          </ActionItem>
          <Menu.Divider />
          <ActionItem icon={<IconRefresh className="ic" stroke={1.8} />} refusal={refusals.restart} onClick={() => setOpen('restart')}>
            Restart…
          </ActionItem>
          <ActionItem icon={<IconArrowsRight className="ic" stroke={1.8} />} refusal={refusals.migrate} onClick={() => setOpen('migrate')}>
            Migrate to another version…
          </ActionItem>
          <Menu.Divider />
          <ActionItem icon={<IconTrash className="ic" stroke={1.8} />} refusal={refusals.purge} onClick={() => setOpen('purge')}>
            Purge…
          </ActionItem>
        </Menu.Dropdown>
      </Menu>
      {open === 'event' ? <RaiseEventDialog id={instance.id} awaited={awaited} known={eventNames(instance)} onClose={close} /> : null}
      {open === 'terminate' ? <TerminateDialog instance={instance} onClose={close} /> : null}
      {open === 'purge' ? <PurgeDialog id={instance.id} onClose={close} /> : null}
      {open === 'retry' && step !== null ? <RetryStepDialog id={instance.id} step={step} title={title} onClose={close} /> : null}
      {open === 'rewind' ? <RewindDialog instance={instance} onClose={close} /> : null}
      {open === 'skip' && step !== null && node !== null ? (
        <SkipStepDialog id={instance.id} node={node} step={step} onClose={close} />
      ) : null}
      {open === 'variables' ? <EditVariablesDialog run={run} onClose={close} /> : null}
      {open === 'restart' ? <RestartDialog instance={instance} onClose={close} /> : null}
      {open === 'migrate' ? <MigrateDialog instance={instance} onClose={close} /> : null}
    </>
  );
});

function Suspension({ instance, status, refusal }: { instance: InstanceDetail; status: ShownStatus; refusal: string | null }) {
  const queries = useQueryClient();
  const refetch = () => {
    void queries.invalidateQueries({ queryKey: trpc.instances.get.queryKey({ id: instance.id }) });
    void queries.invalidateQueries({ queryKey: trpc.instances.list.queryKey() });
  };
  const resume = useMutation(trpc.instances.resume.mutationOptions({ onSuccess: refetch, onError: toastError }));
  const suspend = useMutation(
    trpc.instances.suspend.mutationOptions({
      onSuccess: () => {
        refetch();
        toast({
          shape: 'suspended',
          title: `Suspended ${instance.id}`,
          detail: 'Results and events are kept until it resumes.',
          action: { label: 'Resume', run: () => resume.mutate({ id: instance.id, reason: '' }) },
        });
      },
      onError: toastError,
    }),
  );
  return status === 'Suspended' ? (
    <Button
      icon={<IconPlayerPlay className="ic" stroke={1.8} />}
      refusal={refusal}
      busy={resume.isPending}
      onClick={() => resume.mutate({ id: instance.id, reason: '' })}
    >
      Resume
    </Button>
  ) : (
    <Button
      icon={<IconPlayerPause className="ic" stroke={1.8} />}
      refusal={refusal}
      busy={suspend.isPending}
      onClick={() => suspend.mutate({ id: instance.id, reason: '' })}
    >
      Suspend
    </Button>
  );
}

type Refusals = Record<'event' | 'terminate' | 'purge' | 'retry' | 'rewind' | 'skip' | 'variables' | 'restart' | 'migrate', string | null>;

function useRefusalsNow(instance: InstanceDetail, status: ShownStatus, step: StepRecord | null): Refusals {
  const role = useRefusal('instance.operate', instance.folder);
  const noStart = useRefusal('instance.start', instance.folder);
  const noPurge = useRefusal('instance.purge', instance.folder);
  const over = isOver(status);
  const failed = status === 'Failed';
  const finished = over ? `It is ${status.toLowerCase()}: nothing runs any more` : null;
  const isOpen = step !== null && step.closedAt === null && !over;
  const hasFailed = step !== null && step.status === 'failed' && failed;
  const between = isOpen && step.attempts.length > 0 && (step.attempts.at(-1)?.endedAt !== null || step.heldAfter !== null);
  const choose = step === null ? 'Choose a step first' : null;
  return {
    event: role ?? finished,
    terminate: role ?? finished,
    variables: role ?? finished,
    rewind: role ?? (failed ? null : 'Only failed instances are rewound'),
    retry: role ?? choose ?? (hasFailed || between ? null : 'The chosen step neither failed nor waits for a retry'),
    skip: role ?? choose ?? (hasFailed || isOpen ? null : 'The chosen step is not open'),
    restart: role ?? noStart ?? (instance.isTest ? 'Test runs are started again from the designer' : null),
    migrate: role ?? (over && !failed ? `It is ${status.toLowerCase()}: nothing goes on` : instance.version < 0 ? 'It runs a draft' : null),
    purge: noPurge ?? (over ? null : 'Only finished instances are purged'),
  };
}

/** Names of events the workflow waits for, where they are written out. */
function eventNames({ document }: InstanceDetail): string[] {
  return document.nodes.flatMap(({ type, config }) => (type === 'event' && typeof config['name'] === 'string' ? [config['name']] : []));
}
