import { Menu } from '@mantine/core';
import { IconDownload, IconFilter } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { EventType, HistoryEvent } from '@perdure/engine';
import type { NodeId } from '@perdure/graph';
import { Button } from '../components/button.tsx';
import { formatClockMs, formatMoment } from '../components/moment.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import type { StepFold } from './fold-steps.ts';
import { eventDetail, eventShape } from './history-words.ts';

const ROW = 22;

interface HistoryListProps {
  events: readonly HistoryEvent[];
  steps: StepFold;
  instanceId: string;
  titleOf: (node: NodeId) => string;
  nameOf: (person: string) => string;
  selected: number | null;
  onSelect: (seq: number) => void;
}

/** Everything that happened, newest first. Only the rows in sight are in the page. */
export function HistoryList({ events, steps, instanceId, titleOf, nameOf, selected, onSelect }: HistoryListProps) {
  const [types, setTypes] = useState<ReadonlySet<EventType>>(new Set());
  // `events` grows in place, so nothing about it can be remembered between two drawings.
  const shown = (types.size === 0 ? [...events] : events.filter((event) => types.has(event.type))).reverse();
  const present = [...new Set(events.map((event) => event.type))].sort();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 12 });

  const move = (step: number) => {
    const at = shown.findIndex((event) => event.seq === selected);
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + step))];
    if (!next) return;
    onSelect(next.seq);
    rows.scrollToIndex(shown.indexOf(next));
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-seq="${next.seq}"]`)?.focus());
  };

  return (
    <section className="hist" aria-label="History">
      <div className="panel-head">
        <h2>History</h2>
        <span className="t3 s12 num">
          {types.size === 0 ? '' : `${shown.length.toLocaleString('en')} of `}
          {events.length.toLocaleString('en')} {events.length === 1 ? 'event' : 'events'}
        </span>
        <span className="grow" />
        <Menu closeOnItemClick={false} width={230}>
          <Menu.Target>
            <button type="button" className="plain tag line">
              <IconFilter className="ic" size={12} stroke={1.8} />
              {types.size === 0 ? 'All types' : types.size === 1 ? [...types][0] : `${types.size} types`}
            </button>
          </Menu.Target>
          <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
            <Menu.Item onClick={() => setTypes(new Set())} disabled={types.size === 0}>
              All types
            </Menu.Item>
            <Menu.Divider />
            {present.map((type) => (
              <Menu.CheckboxItem
                key={type}
                checked={types.has(type)}
                onChange={() => {
                  const next = new Set(types);
                  if (!next.delete(type)) next.add(type);
                  setTypes(next);
                }}
              >
                {type}
              </Menu.CheckboxItem>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Button
          look="ghost"
          size="sm"
          icon={<IconDownload className="ic" stroke={1.8} />}
          aria-label="Download the history as JSON"
          onClick={() => download(instanceId, events)}
        />
      </div>
      <div
        className="hist-scroll"
        ref={scroller}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          move(event.key === 'ArrowDown' ? 1 : -1);
        }}
      >
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((row) => {
            const event = shown[row.index];
            if (!event) return null;
            const shape = eventShape(event);
            return (
              <button
                key={event.seq}
                type="button"
                data-seq={event.seq}
                className={event.seq === selected ? 'plain hr on' : 'plain hr'}
                style={{ transform: `translateY(${row.start}px)` }}
                aria-pressed={event.seq === selected}
                title={formatMoment(event.at)}
                onClick={() => onSelect(event.seq)}
              >
                <span className="num t3" style={{ minWidth: 26 }}>
                  {event.seq}
                </span>
                <span className="mono t3" style={{ width: 80 }}>
                  {formatClockMs(event.at)}
                </span>
                <span style={{ width: 14 }}>{shape === null ? <i className="dotn" /> : <StatusIcon shape={shape} size={11} />}</span>
                <span className="b5 s12">{event.type}</span>
                <span className="t2 s12 ell grow">{eventDetail(event, steps, titleOf, nameOf)}</span>
              </button>
            );
          })}
        </div>
      </div>
    </section>
  );
}

function download(instanceId: string, events: readonly HistoryEvent[]): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([JSON.stringify(events, null, 2)], { type: 'application/json' }));
  link.download = `${instanceId}-history.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
