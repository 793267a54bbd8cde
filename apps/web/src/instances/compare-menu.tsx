import { Menu } from '@mantine/core';
import { IconGitCompare } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { InstanceDetail } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { formatMoment } from '../components/moment.ts';
import { PickDialog } from '../components/pick-dialog.tsx';
import { toast, toastError } from '../components/toast.tsx';
import { versionWords } from '../components/version-words.ts';
import { StatusIcon, statusShape } from '../status/status-icon.tsx';

/** Compare with the last run that went well, in one choice, or with any other. */
export function CompareMenu({ instance }: { instance: InstanceDetail }) {
  const [picking, setPicking] = useState(false);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const compareWith = (other: string) => void navigate({ to: '/instances/$id/compare/$other', params: { id: instance.id, other } });
  const withLastGood = async (): Promise<void> => {
    try {
      const found = await queries.fetchQuery(
        trpc.instances.list.queryOptions({
          workflowKeys: [instance.workflowKey],
          statuses: ['Completed'],
          isTest: instance.isTest,
          limit: 2,
        }),
      );
      const good = found.rows.find(({ id }) => id !== instance.id);
      if (good) compareWith(good.id);
      else toast({ title: 'No other run of this workflow has completed' });
    } catch (thrown) {
      toastError(thrown);
    }
  };
  return (
    <>
      <Menu width={240}>
        <Menu.Target>
          <button type="button" className="btn ghost">
            <IconGitCompare className="ic" stroke={1.8} />
            <span>Compare</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void withLastGood()}>With the last good run</Menu.Item>
          <Menu.Item onClick={() => setPicking(true)}>With another run…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {picking ? <PickRun instance={instance} onPick={compareWith} onClose={() => setPicking(false)} /> : null}
    </>
  );
}

function PickRun({ instance, onPick, onClose }: { instance: InstanceDetail; onPick: (id: string) => void; onClose: () => void }) {
  const list = useQuery(trpc.instances.list.queryOptions({ workflowKeys: [instance.workflowKey], limit: 500 }));
  const items = (list.data?.rows ?? [])
    .filter(({ id }) => id !== instance.id)
    .map((row) => ({
      id: row.id,
      label: row.id,
      detail: `${versionWords(row.version)}, ${formatMoment(row.createdAt)}`,
      words: row.tags.join(' '),
      icon: <StatusIcon shape={statusShape(row.status)} size={13} label={row.status} />,
      run: () => onPick(row.id),
    }));
  return (
    <PickDialog
      opened
      title={`Compare ${instance.id} with`}
      placeholder={`Search the newest runs of ${instance.workflowTitle}`}
      none="No run of it is called"
      items={items}
      onClose={onClose}
    />
  );
}
