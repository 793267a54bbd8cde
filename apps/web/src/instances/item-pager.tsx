import { Menu } from '@mantine/core';
import { IconChevronDown, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { formatDuration, standardCatalogue, type GraphNode, type Json } from '@perdure/graph';
import { NodeIcon } from '../canvas/node-icon.tsx';
import { Button } from '../components/button.tsx';
import { StatusIcon, type StatusShape } from '../status/status-icon.tsx';
import type { Pass, StepRecord } from './fold-steps.ts';

/** Cells on one page of the card: items are paged, never all drawn. */
const PER_PAGE = 100;

interface ItemPagerProps {
  node: GraphNode;
  records: readonly StepRecord[];
  /** The visit shown, as it was at the moment shown. */
  container: StepRecord;
  /** Frames in which something waits. */
  waitingFrames: ReadonlySet<string>;
  /** Which visit of the container, and which of its items. */
  visit: number;
  item: number | null;
  onVisit: (visit: number) => void;
  onItem: (item: number) => void;
}

/** A container's items as a card of 10 × n cells; choosing one shows its steps. */
export function ItemPager({ node, records, container, waitingFrames, visit, item, onVisit, onItem }: ItemPagerProps) {
  const total = Math.max(container.itemCount ?? 0, container.passes.length);
  const done = container.passes.filter((pass) => pass.endedAt !== null && pass.failure === null).length;
  const failed = container.passes.filter((pass) => pass.failure !== null).length;
  const going = container.passes.filter((pass) => pass.endedAt === null).length;
  const left = total - container.passes.length;
  const lengths = container.passes.flatMap((pass) => (pass.endedAt === null ? [] : [pass.endedAt - pass.startedAt])).sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)];
  /** Turned by hand; the chosen item's page when another one is chosen. */
  const [turned, setTurned] = useState<{ item: number | null; page: number } | null>(null);
  const page = turned !== null && turned.item === item ? turned.page : Math.floor((item ?? 0) / PER_PAGE);
  const first = page * PER_PAGE;
  const pages = Math.ceil(total / PER_PAGE);
  const word = node.type === 'loop' ? 'Pass' : 'Item';
  return (
    <section className="card items nopan nowheel" aria-label={`${node.title}, items`}>
      <div className="hd">
        <NodeIcon name={standardCatalogue.get(node.type)?.icon} size={14} />
        <h2 className="grow ell">{node.title}</h2>
        {records.length > 1 ? (
          <Menu width={120}>
            <Menu.Target>
              <button type="button" className="plain tag line">
                Pass {visit + 1}
                <IconChevronDown className="ic" size={12} stroke={1.8} />
              </button>
            </Menu.Target>
            <Menu.Dropdown mah={300} style={{ overflowY: 'auto' }}>
              {records.map((record, at) => (
                <Menu.Item key={record.key} onClick={() => onVisit(at)}>
                  Pass {at + 1}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        ) : null}
      </div>
      <div className="cells">
        {Array.from({ length: Math.min(PER_PAGE, total - first) }, (_, offset) => {
          const index = first + offset;
          const pass = container.passes[index];
          const shape = pass ? passShape(pass, container, waitingFrames) : 'pending';
          return (
            <button
              key={index}
              type="button"
              className={`plain cell ${shape}${index === item ? ' on' : ''}`}
              aria-label={`${word} ${index + 1}, ${shape}`}
              aria-pressed={index === item}
              onClick={() => onItem(index)}
            >
              <StatusIcon shape={shape} size={11} />
            </button>
          );
        })}
      </div>
      {pages > 1 ? (
        <div className="row s12 items-page">
          <span className="grow t3 num">
            {(first + 1).toLocaleString('en')} to {Math.min(total, first + PER_PAGE).toLocaleString('en')} of {total.toLocaleString('en')}
          </span>
          <Turn what="Page" at={page} of={pages} onTurn={(to) => setTurned({ item, page: to })} />
        </div>
      ) : null}
      <div className="row s12" style={{ padding: '8px 12px 10px', gap: 14 }}>
        <Count shape="completed" count={done} />
        {failed > 0 ? <Count shape="failed" count={failed} /> : null}
        {going > 0 ? <Count shape="running" count={going} /> : null}
        {left > 0 ? <Count shape="pending" count={left} /> : null}
        <span className="grow" />
        {median === undefined ? null : <span className="t3 num">p50 {formatDuration(median)}</span>}
      </div>
      <div className="row" style={{ borderTop: '1px solid var(--border-1)', height: 36, padding: '0 6px 0 12px' }}>
        <span className="grow ell s12">
          {item === null ? (
            <span className="t3">{total === 0 ? 'No items' : `Choose ${word === 'Item' ? 'an item' : 'a pass'}`}</span>
          ) : (
            <>
              <span className="b5">
                {word} {item + 1}
              </span>{' '}
              <span className="t3">{itemWords(container.passes[item]?.item)}</span>
            </>
          )}
        </span>
        <Turn what="Item" at={item} of={total} onTurn={onItem} />
      </div>
    </section>
  );
}

/** To the one before and the one after. `at`: null while none is chosen. */
function Turn({ what, at, of, onTurn }: { what: 'Page' | 'Item'; at: number | null; of: number; onTurn: (to: number) => void }) {
  const place = at ?? -1;
  return (
    <>
      <Button
        look="ghost"
        size="sm"
        icon={<IconChevronLeft className="ic" stroke={1.8} />}
        aria-label={`${what} before`}
        refusal={place > 0 ? null : `This is the first ${what.toLowerCase()}`}
        onClick={() => onTurn(place - 1)}
      />
      <Button
        look="ghost"
        size="sm"
        icon={<IconChevronRight className="ic" stroke={1.8} />}
        aria-label={`${what} after`}
        refusal={place < of - 1 ? null : `This is the last ${what.toLowerCase()}`}
        onClick={() => onTurn(place + 1)}
      />
    </>
  );
}

function Count({ shape, count }: { shape: StatusShape; count: number }) {
  return (
    <span className="row g6 t2 num">
      <StatusIcon shape={shape} size={12} label={shape} />
      {count.toLocaleString('en')}
    </span>
  );
}

function passShape(pass: Pass, container: StepRecord, waitingFrames: ReadonlySet<string>): StatusShape {
  if (pass.failure) return 'failed';
  if (pass.endedAt !== null) return 'completed';
  if (container.closedAt !== null) return 'canceled';
  return waitingFrames.has(pass.frame) ? 'waiting' : 'running';
}

/** What stands in an item, short: `SKU-7731, 2`. */
function itemWords(item: Json | undefined): string {
  if (item === undefined || item === null) return '';
  if (typeof item !== 'object') return String(item);
  return Object.values(item)
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .slice(0, 3)
    .join(', ');
}
