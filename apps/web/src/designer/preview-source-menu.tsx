import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { useInspector } from './inspector-context.ts';
import { useDesigner, useDesignerValue } from './use-designer.ts';

/** Which data previews are made with, and another choice. */
export function PreviewSourceMenu() {
  const { key, state, screen, may } = useDesigner();
  const { sample } = useInspector();
  const source = useDesignerValue((designer) => designer.state.getState().previewSource);
  const hasTyped = useDesignerValue(({ model }) => model.document.sample !== undefined);
  const [opened, setOpened] = useState(false);
  const runs = useQuery(trpc.instances.list.queryOptions({ workflowKeys: [key], limit: 8 }, { enabled: opened, staleTime: 10_000 }));
  const choose = (previewSource: typeof source): void => state.setState({ previewSource });
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end">
      <Menu.Target>
        <button type="button" className="tag line ds-source" aria-label={`Data for previews: ${sample?.name ?? 'No data yet'}`}>
          <span className="ell">{sample?.name ?? 'No data yet'}</span>
          <IconChevronDown className="ic" size={11} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => choose({ kind: 'last' })} rightSection={source.kind === 'last' ? <StatusIcon shape="completed" /> : null}>
          Last run
        </Menu.Item>
        {hasTyped ? (
          <Menu.Item
            onClick={() => choose({ kind: 'typed' })}
            rightSection={source.kind === 'typed' ? <StatusIcon shape="completed" /> : null}
          >
            Sample data
          </Menu.Item>
        ) : null}
        {may.edit ? (
          <Menu.Item onClick={() => screen.setState({ dialog: 'sample' })}>
            {hasTyped ? 'Edit sample data…' : 'Type sample data…'}
          </Menu.Item>
        ) : null}
        <Menu.Divider />
        <Menu.Label>Recent runs</Menu.Label>
        {runs.data?.rows.map(({ id, status }) => (
          <Menu.Item key={id} onClick={() => choose({ kind: 'run', instanceId: id })} rightSection={<span className="t3">{status}</span>}>
            <span className="mono s12">{id}</span>
          </Menu.Item>
        ))}
        {runs.data?.rows.length === 0 ? <Menu.Label>It has not run yet.</Menu.Label> : null}
      </Menu.Dropdown>
    </Menu>
  );
}
