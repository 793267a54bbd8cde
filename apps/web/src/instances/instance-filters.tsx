import { Menu } from '@mantine/core';
import { IconCalendar, IconCircleDot, IconFlask, IconPlus, IconSitemap, IconTag, IconX, IconVersions } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { useKeys } from '../components/use-keys.ts';
import { STARTED_WITHIN, STATUSES, type InstanceSearch, type StartedWithin } from './instance-search.ts';

/** What narrows the list: a chip per filter, one menu that adds them. `tags` are those in sight, offered as filters. */
export function InstanceFilters({
  search,
  onChange,
  tags,
  children,
}: {
  search: InstanceSearch;
  onChange: (change: InstanceSearch, drop?: (keyof InstanceSearch)[]) => void;
  tags: string[];
  /** At the end of the row. */
  children?: ReactNode;
}) {
  const [opened, setOpened] = useState(false);
  useKeys({ f: () => setOpened(true) });
  const workflows = useQuery(trpc.workflows.list.queryOptions({}));
  const toggle = <T,>(list: readonly T[] | undefined, entry: T): T[] =>
    list?.includes(entry) ? list.filter((other) => other !== entry) : [...(list ?? []), entry];
  const set = (name: 'workflow' | 'status' | 'tag', list: string[]) =>
    list.length === 0 ? onChange({}, [name]) : onChange({ [name]: list });
  return (
    <div className="filters" role="group" aria-label="Filters">
      {search.workflow ? (
        <Chip
          icon={<IconSitemap className="ic" size={13} stroke={1.8} />}
          name="Workflow"
          verb="is"
          value={search.workflow.join(', ')}
          onRemove={() => onChange({}, ['workflow'])}
        />
      ) : null}
      {search.version === undefined ? null : (
        <Chip
          icon={<IconVersions className="ic" size={13} stroke={1.8} />}
          name="Version"
          verb="is"
          value={`v${search.version}`}
          onRemove={() => onChange({}, ['version'])}
        />
      )}
      {search.status ? (
        <Chip
          icon={<IconCircleDot className="ic" size={13} stroke={1.8} />}
          name="Status"
          verb="is"
          value={search.status.join(', ')}
          onRemove={() => onChange({}, ['status'])}
        />
      ) : null}
      {search.started ? (
        <Chip
          icon={<IconCalendar className="ic" size={13} stroke={1.8} />}
          name="Started"
          verb="in the last"
          value={STARTED_WITHIN[search.started]}
          onRemove={() => onChange({}, ['started'])}
        />
      ) : null}
      {search.tag ? (
        <Chip
          icon={<IconTag className="ic" size={13} stroke={1.8} />}
          name="Tag"
          verb="is"
          value={search.tag.join(', ')}
          onRemove={() => onChange({}, ['tag'])}
        />
      ) : null}
      {search.tests ? (
        <Chip
          icon={<IconFlask className="ic" size={13} stroke={1.8} />}
          name="Test runs"
          verb="are"
          value={search.tests === 'only' ? 'all there is' : 'left out'}
          onRemove={() => onChange({}, ['tests'])}
        />
      ) : null}
      <Menu opened={opened} onChange={setOpened} position="bottom-start" width={220} closeOnItemClick={false}>
        <Menu.Target>
          <Button look="ghost" size="sm" icon={<IconPlus className="ic" stroke={1.8} />} keys={['F']}>
            Filter
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={440} style={{ overflowY: 'auto' }}>
          <Menu.Label>Status</Menu.Label>
          {STATUSES.map((status) => (
            <Choice key={status} on={search.status?.includes(status) ?? false} onClick={() => set('status', toggle(search.status, status))}>
              {status}
            </Choice>
          ))}
          <Menu.Label>Test runs</Menu.Label>
          {(['only', 'none'] as const).map((tests) => (
            <Choice
              key={tests}
              on={search.tests === tests}
              onClick={() => (search.tests === tests ? onChange({}, ['tests']) : onChange({ tests }))}
            >
              {tests === 'only' ? 'Only test runs' : 'Without test runs'}
            </Choice>
          ))}
          <Menu.Label>Started in the last</Menu.Label>
          {/* Object.keys widens the keys it returns. */}
          {(Object.keys(STARTED_WITHIN) as StartedWithin[]).map((within) => (
            <Choice
              key={within}
              on={search.started === within}
              onClick={() => (search.started === within ? onChange({}, ['started']) : onChange({ started: within }))}
            >
              {STARTED_WITHIN[within]}
            </Choice>
          ))}
          {workflows.data && workflows.data.length > 0 ? <Menu.Label>Workflow</Menu.Label> : null}
          {workflows.data?.map((workflow) => (
            <Choice
              key={workflow.key}
              on={search.workflow?.includes(workflow.key) ?? false}
              onClick={() => set('workflow', toggle(search.workflow, workflow.key))}
            >
              {workflow.title}
            </Choice>
          ))}
          {tags.length > 0 ? <Menu.Label>Tag</Menu.Label> : null}
          {tags.map((tag) => (
            <Choice key={tag} on={search.tag?.includes(tag) ?? false} onClick={() => set('tag', toggle(search.tag, tag))}>
              {tag}
            </Choice>
          ))}
        </Menu.Dropdown>
      </Menu>
      {children}
    </div>
  );
}

function Choice({ on, onClick, children }: { on: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <Menu.CheckboxItem checked={on} onChange={onClick}>
      {children}
    </Menu.CheckboxItem>
  );
}

function Chip({ icon, name, verb, value, onRemove }: { icon: ReactNode; name: string; verb: string; value: string; onRemove: () => void }) {
  return (
    <span className="fchip">
      {icon}
      <span className="t2">{name}</span>
      <span className="t3">{verb}</span>
      <b>{value}</b>
      <button type="button" className="plain" aria-label={`Remove filter ${name}`} onClick={onRemove}>
        <IconX className="ic" size={12} stroke={1.8} />
      </button>
    </span>
  );
}
