import { useMutation } from '@tanstack/react-query';
import { queryClient, trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { toast } from '../components/toast.tsx';

/** Purges the finished test runs, of the one workflow that is filtered for or of all. */
export function PurgeTestsDialog({ opened, workflowKey, onClose }: { opened: boolean; workflowKey: string | null; onClose(): void }) {
  const purge = useMutation(
    trpc.instances.purgeTests.mutationOptions({
      onSuccess: ({ purged, more }) => {
        onClose();
        void queryClient.invalidateQueries({ queryKey: trpc.instances.pathKey() });
        toast({
          title: purged === 1 ? 'One test run purged' : `${purged.toLocaleString('en')} test runs purged`,
          detail: more ? 'There are more.' : '',
        });
      },
    }),
  );
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title="Purge test runs?"
      action="Purge test runs"
      danger
      busy={purge.isPending}
      error={purge.error}
      onAction={() => purge.mutate(workflowKey === null ? {} : { workflowKey })}
    >
      <p className="t2">
        {`All test runs of ${workflowKey === null ? 'all workflows' : workflowKey} that have ended are deleted, with their history. Live ones stay. This cannot be undone.`}
      </p>
    </Dialog>
  );
}
