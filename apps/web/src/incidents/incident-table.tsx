import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { IncidentRow } from '@perdure/server/contract';
import { useRefusals } from '../api/use-refusal.ts';
import { BulkDialog } from '../bulk/bulk-dialog.tsx';
import { Button } from '../components/button.tsx';
import { type ListColumn, ListTable } from '../components/list-table.tsx';
import { formatMomentShort, useNow } from '../components/moment.ts';
import { durationWords } from '../components/duration-words.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import './incidents.css';

const COLUMNS: readonly ListColumn[] = [
  { title: 'Error' },
  { title: 'Last 24 hours', width: 100 },
  { title: 'Instances', width: 80, align: 'end' },
  { title: 'First seen', width: 110 },
  { title: 'Last seen', width: 100 },
  { title: 'What can be done', width: 112, actions: true },
];

/** Incidents, the one seen last first. */
export function IncidentTable({ rows, label }: { rows: readonly IncidentRow[]; label: string }) {
  const now = useNow(10_000);
  const refusalIn = useRefusals('instance.operate');
  const [retried, setRetried] = useState<string | null>(null);
  return (
    <>
      <ListTable label={label} className="incidents" columns={COLUMNS}>
        {rows.map((row) => (
          <tr key={row.fingerprint}>
            <td>
              <span className="row g8" style={{ alignItems: 'flex-start' }}>
                <span style={{ paddingTop: 3 }}>
                  <StatusIcon shape={row.kind === 'stuck' ? 'warning' : 'failed'} label={row.kind === 'stuck' ? 'Stuck' : 'Failed'} />
                </span>
                <span className="what">
                  <Link to="/incidents/$fingerprint" params={{ fingerprint: row.fingerprint }} className="b5 ell" title={row.message}>
                    {row.message === '' ? row.code : row.message}
                  </Link>
                  <span className="s12 t3 ell">
                    {row.workflowTitle}
                    {row.title === '' ? '' : `, ${row.title}`}
                  </span>
                </span>
              </span>
            </td>
            <td>
              <HourBars hours={row.hours} color={row.kind === 'stuck' ? 'var(--waiting)' : 'var(--failed)'} />
            </td>
            <td className="num b6 end">{row.open.toLocaleString('en')}</td>
            <td className="num t2">{formatMomentShort(row.firstSeenAt, now)}</td>
            <td className="num t2">{agoWords(row.lastSeenAt, now)}</td>
            <td className="end">
              {row.kind === 'failure' && row.open > 0 && refusalIn(row.folder) === null ? (
                <Button
                  size="sm"
                  aria-label={`Retry ${row.open.toLocaleString('en')}… of ${row.message || row.code}`}
                  onClick={() => setRetried(row.fingerprint)}
                >
                  {row.open === 1 ? 'Retry…' : `Retry ${row.open.toLocaleString('en')}…`}
                </Button>
              ) : (
                <Link
                  className="btn sm"
                  to="/incidents/$fingerprint"
                  params={{ fingerprint: row.fingerprint }}
                  tabIndex={-1}
                  aria-hidden="true"
                >
                  {row.kind === 'stuck' ? 'Explain' : 'Open'}
                </Link>
              )}
            </td>
          </tr>
        ))}
      </ListTable>
      {retried === null ? null : <BulkDialog action="retry" filter={{ incident: retried }} onClose={() => setRetried(null)} />}
    </>
  );
}

function HourBars({ hours, color }: { hours: readonly number[]; color: string }) {
  const most = Math.max(1, ...hours);
  const pairs = Array.from({ length: hours.length / 2 }, (_, i) => (hours[i * 2] ?? 0) + (hours[i * 2 + 1] ?? 0));
  const total = hours.reduce((sum, count) => sum + count, 0);
  return (
    <svg width="84" height="18" role="img" aria-label={`${total} in the last 24 hours`} style={{ display: 'block' }}>
      {pairs.map((count, i) => {
        const height = count === 0 ? 1 : Math.max(4, Math.min(18, (count / most) * 18));
        // Places in time: they have no other identity.
        return (
          <rect
            key={i}
            x={i * 7}
            y={18 - height}
            width="5"
            height={height}
            rx={count === 0 ? 0 : 1}
            fill={count === 0 ? 'var(--border-2)' : color}
          />
        );
      })}
    </svg>
  );
}

export function agoWords(moment: string, now: number): string {
  const ms = Math.max(0, now - Date.parse(moment));
  if (ms < 60_000) return 'just now';
  return ms < 86_400_000 ? `${durationWords(ms)} ago` : formatMomentShort(moment, now);
}
