import { Menu } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBroadcast,
  IconCalendar,
  IconClock,
  IconFolder,
  IconHourglass,
  IconCircleDot,
  IconFlask,
  IconPlus,
  IconSitemap,
  IconTag,
  IconX,
  IconVersions,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { useKeys } from '../components/use-keys.ts';
import { STARTED_WITHIN, STATUSES, WAITING_KINDS, type InstanceSearch, type StartedWithin } from './instance-search.ts';
import type { WaitingKind } from '@perdure/server/contract';
import { readDuration } from '../components/duration-words.ts';

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
  const take = (next: InstanceSearch) => {
    const empty = (Object.keys(next) as (keyof InstanceSearch)[]).filter((name) => next[name] === ''); // the one key it was given
    onChange(empty.length > 0 ? {} : next, empty);
  };
  const incident = useQuery(
    trpc.incidents.get.queryOptions({ fingerprint: search.incident ?? '' }, { enabled: search.incident !== undefined }),
  );
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
      {search.folder ? (
        <Chip
          icon={<IconFolder className="ic" size={13} stroke={1.8} />}
          name="Folder"
          verb="is"
          value={search.folder}
          onRemove={() => onChange({}, ['folder'])}
        />
      ) : null}
      {search.longer ? (
        <Chip
          icon={<IconClock className="ic" size={13} stroke={1.8} />}
          name="Took"
          verb="at least"
          value={search.longer}
          onRemove={() => onChange({}, ['longer'])}
        />
      ) : null}
      {search.shorter ? (
        <Chip
          icon={<IconClock className="ic" size={13} stroke={1.8} />}
          name="Took"
          verb="at most"
          value={search.shorter}
          onRemove={() => onChange({}, ['shorter'])}
        />
      ) : null}
      {search.code ? (
        <Chip
          icon={<IconAlertTriangle className="ic" size={13} stroke={1.8} />}
          name="Error code"
          verb="is"
          value={search.code}
          onRemove={() => onChange({}, ['code'])}
        />
      ) : null}
      {search.incident ? (
        <Chip
          icon={<IconAlertTriangle className="ic" size={13} stroke={1.8} />}
          name="Incident"
          verb="is"
          value={incident.data?.message ?? search.incident}
          onRemove={() => onChange({}, ['incident'])}
        />
      ) : null}
      {search.waits ? (
        <Chip
          icon={<IconHourglass className="ic" size={13} stroke={1.8} />}
          name="Waits"
          verb="for"
          value={search.waits.map((kind) => WAITING_KINDS[kind].toLowerCase()).join(', ')}
          onRemove={() => onChange({}, ['waits'])}
        />
      ) : null}
      {search.event ? (
        <Chip
          icon={<IconBroadcast className="ic" size={13} stroke={1.8} />}
          name="Waits"
          verb="for the event"
          value={search.event}
          onRemove={() => onChange({}, ['event'])}
        />
      ) : null}
      {search.waiting ? (
        <Chip
          icon={<IconHourglass className="ic" size={13} stroke={1.8} />}
          name="Waits"
          verb="longer than"
          value={search.waiting}
          onRemove={() => onChange({}, ['waiting'])}
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
      <Menu opened={opened} onChange={setOpened} position="bottom-start" width={260} closeOnItemClick={false}>
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
          <Menu.Label>Details</Menu.Label>
          {/* Typed, not chosen: a field each, taken over by Enter. */}
          <div className="typed-filters">
            <TypedFilter label="Took at least" hint="2h" value={search.longer} check={isDuration} onTake={(longer) => take({ longer })} />
            <TypedFilter
              label="Took at most"
              hint="200ms"
              value={search.shorter}
              check={isDuration}
              onTake={(shorter) => take({ shorter })}
            />
            <TypedFilter label="Error code" hint="http.503" value={search.code} onTake={(code) => take({ code })} />
            <TypedFilter label="Waits for the event" hint="order.changed" value={search.event} onTake={(event) => take({ event })} />
            <TypedFilter
              label="Waits longer than"
              hint="2h"
              value={search.waiting}
              check={isDuration}
              onTake={(waiting) => take({ waiting })}
            />
            <TypedFilter
              label="Tag"
              hint="gold"
              value={undefined}
              onTake={(tag) => (tag === '' ? undefined : set('tag', [...new Set([...(search.tag ?? []), tag])]))}
            />
            <TypedFilter label="Folder" hint="finance" value={search.folder} onTake={(folder) => take({ folder })} />
          </div>
          <Menu.Label>Waits for</Menu.Label>
          {(Object.entries(WAITING_KINDS) as [WaitingKind, string][]).map(([kind, label]) => (
            <Choice
              key={kind}
              on={search.waits?.includes(kind) ?? false}
              onClick={() => {
                const waits = toggle(search.waits, kind);
                onChange(waits.length === 0 ? {} : { waits }, waits.length === 0 ? ['waits'] : []);
              }}
            >
              {label}
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

const isDuration = (words: string): boolean => readDuration(words) !== undefined;

function TypedFilter({
  label,
  hint,
  value,
  check,
  onTake,
}: {
  label: string;
  hint: string;
  value: string | undefined;
  check?: (words: string) => boolean;
  onTake: (words: string) => void;
}) {
  const [words, setWords] = useState(value ?? '');
  const wrong = words.trim() !== '' && check !== undefined && !check(words.trim());
  return (
    <label className="typed-filter">
      <span>{label}</span>
      <input
        className={wrong ? 'wrong' : ''}
        value={words}
        placeholder={hint}
        aria-invalid={wrong}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          // The menu moves its focus by letters.
          if (event.key !== 'Escape' && event.key !== 'Tab') event.stopPropagation();
          if (event.key === 'Enter' && !wrong) onTake(words.trim());
        }}
        onBlur={() => {
          if (!wrong && words.trim() !== (value ?? '')) onTake(words.trim());
        }}
      />
    </label>
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
