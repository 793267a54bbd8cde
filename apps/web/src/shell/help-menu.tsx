import { Menu } from '@mantine/core';
import { IconApi, IconFlag, IconHelpCircle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { toastError } from '../components/toast.tsx';

/** What explains the product: the guide, also for those who skipped it, and the description of the API. */
export function HelpMenu({ open }: { open: boolean }) {
  const [opened, setOpened] = useState(false);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const guide = useQuery(trpc.guide.get.queryOptions(undefined, { enabled: opened })).data;
  const unskip = useMutation(
    trpc.guide.skip.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: trpc.guide.pathKey() }),
      onError: toastError,
    }),
  );
  return (
    <li>
      <Menu position="right-end" width={208} opened={opened} onChange={setOpened}>
        <Menu.Target>
          <button type="button" className="plain">
            <IconHelpCircle className="ic" size={16} stroke={1.8} />
            <span className={open ? '' : 'visually-hidden'}>Help</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconFlag className="ic" stroke={1.8} />}
            {...(guide?.workflow === null ? { 'aria-disabled': true, 'data-disabled': true, closeMenuOnClick: false } : {})}
            onClick={() => {
              if (guide?.workflow === null) return;
              if (guide?.skipped) unskip.mutate({ skipped: false });
              void navigate({ to: '/welcome' });
            }}
          >
            First steps
            {guide?.workflow === null ? <span className="menu-why">The sample it is about is not here</span> : null}
          </Menu.Item>
          <Menu.Item leftSection={<IconApi className="ic" stroke={1.8} />} component="a" href="/openapi.json" target="_blank">
            API description
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
