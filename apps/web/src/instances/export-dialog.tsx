import { useQuery } from '@tanstack/react-query';
import type { InstanceFilterInput } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';

/** What a server takes for an address at most, with room for the rest of it. */
const LONGEST_FILTER = 12_000;

/** Finished instances of the list as a file. The browser writes it while it is read, whatever its length. */
export function ExportDialog({ filter, onClose }: { filter: InstanceFilterInput; onClose: () => void }) {
  const counted = useQuery(
    trpc.instances.countFinished.queryOptions(filter, {
      // One of those that run may end.
      refetchInterval: ({ state }) => (state.data?.refusal ? 3_000 : false),
    }),
  );
  const value = counted.data?.value;
  const asked = encodeURIComponent(JSON.stringify(filter));
  const words =
    value === undefined || value === 0 ? 'instances' : `${value.toLocaleString('en')} ${value === 1 ? 'instance' : 'instances'}`;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Export ${words}`}
      action={`Export ${words}`}
      error={counted.error}
      refusal={
        value === undefined
          ? 'They are being counted'
          : value === 0
            ? 'None of these has ended'
            : asked.length > LONGEST_FILTER
              ? 'Too many ids for one file: narrow the list'
              : (counted.data?.refusal ?? null)
      }
      onAction={() => {
        const link = document.createElement('a');
        link.href = `/api/instances.ndjson?filter=${asked}`;
        link.download = '';
        link.click();
        onClose();
      }}
    >
      <p className="t2" style={{ margin: 0 }}>
        {value === 0
          ? 'Nothing the list shows now has ended. What still runs is not exported.'
          : 'Those the list shows now that have ended, with their histories and payloads, as lines of JSON. What you may not see is masked, and the export is recorded in the audit log.'}
      </p>
    </Dialog>
  );
}
