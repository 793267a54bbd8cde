import { Checkbox, Popover, Select } from '@mantine/core';
import { IconFilter, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TaskRow } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMay } from '../api/use-me.ts';
import { Button } from '../components/button.tsx';
import { INBOX_FILTERS, type InboxSearch } from './inbox-search.ts';

interface FilterProps {
  search: InboxSearch;
  /** Those in the list: the workflows somebody without the right to read workflows can filter by. */
  rows: readonly TaskRow[];
  onChange: (change: InboxSearch, drop: (keyof InboxSearch)[]) => void;
}

/** What narrows the list down. */
export function InboxFilters({ search, rows, onChange }: FilterProps) {
  const [opened, setOpened] = useState(false);
  const workflows = useWorkflowTitles(rows, opened);
  const count = INBOX_FILTERS.filter((name) => search[name] !== undefined).length;
  const flag = (name: 'overdue' | 'high', label: string) => (
    <Checkbox
      label={label}
      size="xs"
      checked={search[name] === true}
      onChange={(event) => (event.currentTarget.checked ? onChange({ [name]: true }, []) : onChange({}, [name]))}
    />
  );
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={240} trapFocus returnFocus shadow="none">
      <Popover.Target>
        <Button
          look="ghost"
          size="sm"
          icon={<IconFilter className="ic" stroke={1.8} />}
          aria-label={count === 0 ? 'Filter' : `Filter, ${count} set`}
          aria-expanded={opened}
          pressed={count > 0}
          onClick={() => setOpened((now) => !now)}
        />
      </Popover.Target>
      <Popover.Dropdown aria-label="Filter" p={12}>
        <div style={{ display: 'grid', gap: 12 }}>
          <Select
            label="Workflow"
            size="sm"
            placeholder="All workflows"
            clearable
            searchable
            openOnFocus={false}
            comboboxProps={{ withinPortal: false }}
            data={[...workflows].map(([value, label]) => ({ value, label }))}
            value={search.workflow ?? null}
            onChange={(key) => (key === null ? onChange({}, ['workflow']) : onChange({ workflow: key }, []))}
          />
          {flag('overdue', 'Overdue only')}
          {flag('high', 'High priority only')}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The filters that are set, each with a button that takes it away. */
export function SetFilters({ search, rows, onChange }: FilterProps) {
  const workflows = useWorkflowTitles(rows, search.workflow !== undefined);
  const words = { workflow: workflows.get(search.workflow ?? '') ?? search.workflow, overdue: 'Overdue', high: 'High priority' };
  const set = INBOX_FILTERS.filter((name) => search[name] !== undefined);
  if (set.length === 0) return null;
  return (
    <div className="set-filters" role="group" aria-label="Filters that are set">
      {set.map((name) => (
        <span key={name} className="tag">
          <span className="ell">{words[name]}</span>
          <button type="button" className="plain" aria-label={`Remove filter ${words[name]}`} onClick={() => onChange({}, [name])}>
            <IconX className="ic" size={12} stroke={1.8} />
          </button>
        </span>
      ))}
    </div>
  );
}

function useWorkflowTitles(rows: readonly TaskRow[], wanted: boolean): Map<string, string> {
  const mayRead = useMay('workflow.read');
  const all = useQuery(trpc.workflows.list.queryOptions(undefined, { enabled: wanted && mayRead, staleTime: 60_000 }));
  const found: [string, string][] = [
    ...(all.data ?? []).map(({ key, title }): [string, string] => [key, title]),
    ...rows.map(({ workflowKey, workflowTitle }): [string, string] => [workflowKey, workflowTitle]),
  ];
  return new Map(found.toSorted((a, b) => a[1].localeCompare(b[1])));
}
