import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TaskDetail } from '@perdure/server/contract';
import { describeError } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { useMay, useMe } from '../api/use-me.ts';
import { formatDay } from '../components/moment.ts';
import { toast, toastError } from '../components/toast.tsx';

/** What a person can do about whose task it is. Each asks the server; a refusal says who was faster, and the page shows what is true now. */
export function useTaskActions(task: TaskDetail, onPutOff: () => void) {
  const me = useMe().data?.user.id;
  const mayAssign = useMay('task.assign');
  const queries = useQueryClient();
  const [isHanding, setIsHanding] = useState(false);
  const [followUpOpened, setFollowUpOpened] = useState(false);
  const refresh = () => void queries.invalidateQueries({ queryKey: trpc.tasks.pathKey() });
  const onRefused = (error: unknown) => {
    if (describeError(error).code !== 'auth.required') toastError(error);
    refresh();
  };
  const claim = useMutation(trpc.tasks.claim.mutationOptions({ onSuccess: refresh, onError: onRefused }));
  const release = useMutation(trpc.tasks.release.mutationOptions({ onSuccess: refresh, onError: onRefused }));
  const followUp = useMutation(trpc.tasks.followUp.mutationOptions({ onError: onRefused, onSettled: refresh }));
  const { id, title } = task;
  const open = task.status === 'open';
  const holds = task.holders.some((holder) => holder.id === me);
  return {
    holds,
    mayAssign,
    isClaiming: claim.isPending,
    isReleasing: release.isPending,
    claim: () => {
      if (open && !holds && task.refusals.claim === null && !claim.isPending) claim.mutate({ id });
    },
    release: () => {
      if (open && holds && task.refusals.release === null && !release.isPending) release.mutate({ id });
    },
    isHanding,
    handOn: () => {
      if (open && (holds ? task.refusals.delegate : mayAssign ? task.refusals.assign : '') === null) setIsHanding(true);
    },
    endHanding: () => setIsHanding(false),
    followUpOpened,
    setFollowUpOpened: (opened: boolean) => {
      if (open) setFollowUpOpened(opened);
    },
    followUp: (at: string | null) => {
      followUp.mutate(
        { id, at },
        {
          onSuccess: () => {
            if (at === null) return;
            toast({
              title: `Put off until ${formatDay(at)}`,
              detail: title,
              action: { label: 'Undo', run: () => followUp.mutate({ id, at: null }) },
            });
            onPutOff();
          },
        },
      );
    },
    refresh,
    onRefused,
  };
}

export type TaskActions = ReturnType<typeof useTaskActions>;
