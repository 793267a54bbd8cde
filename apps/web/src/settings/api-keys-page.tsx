import { IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiKeySummary } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { type ListColumn, ListTable, RowActions } from '../components/list-table.tsx';
import { Loaded } from '../components/loaded.tsx';
import { formatMoment } from '../components/moment.ts';
import { ApiKeyDialog } from './api-key-dialog.tsx';
import { AuditLink } from './audit/audit-link.tsx';
import { OneUseLink } from './one-use-link.tsx';
import { permissionWords } from './role-words.ts';
import { SettingsFrame } from './settings-frame.tsx';
import { TaskWebhookKeys } from './task-webhook-keys.tsx';

type Open = { kind: 'new' } | { kind: 'made'; name: string; key: string } | { kind: 'revoke'; row: ApiKeySummary } | null;

const COLUMNS: readonly ListColumn[] = [
  { title: 'Key', width: '24%' },
  { title: 'May' },
  { title: 'Last used', width: 130 },
  { title: 'Good until', width: 130 },
  { title: 'Actions', width: 120, actions: true },
];

export function ApiKeysPage() {
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const keys = useQuery(trpc.apiKeys.list.queryOptions());
  const refresh = () => void queries.invalidateQueries({ queryKey: trpc.apiKeys.pathKey() });
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({
      onSuccess: () => {
        refresh();
        setOpen(null);
      },
    }),
  );
  return (
    <SettingsFrame
      title="API keys"
      actions={
        <Button look="primary" icon={<IconPlus className="ic" stroke={1.8} />} onClick={() => setOpen({ kind: 'new' })}>
          New key…
        </Button>
      }
    >
      <div className="scroll settings-page">
        <p className="settings-lead">
          For programs: sent as <code className="mono">x-functions-key</code> or <code className="mono">Authorization: Bearer</code>.
          Histories and the audit log name the key.
        </p>
        <Loaded query={keys} rows={3} height={48} label="Loading keys">
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState icon={<IconKey className="ic" stroke={1.8} />} title="No keys yet">
                Give every program a key of its own, with no more than it needs, so that one can be revoked without the others.
              </EmptyState>
            ) : (
              <ListTable label="API keys" className="list-wide" columns={COLUMNS}>
                {rows.map((row) => (
                  <KeyRow key={row.id} row={row} onRevoke={() => setOpen({ kind: 'revoke', row })} />
                ))}
              </ListTable>
            )
          }
        </Loaded>
        <TaskWebhookKeys />
        {open?.kind === 'new' ? (
          <ApiKeyDialog
            onClose={() => setOpen(null)}
            onMade={(name, key) => {
              refresh();
              setOpen({ kind: 'made', name, key });
            }}
          />
        ) : null}
        {open?.kind === 'made' ? (
          <OneUseLink title={`The key ${open.name}`} text={open.key} copy="Copy the key" onClose={() => setOpen(null)}>
            Keep it where secrets are kept: only its hash is stored here, so it is not shown again.
          </OneUseLink>
        ) : null}
        {open?.kind === 'revoke' ? (
          <Dialog
            opened
            onClose={() => setOpen(null)}
            title={`Revoke the key ${open.row.name}?`}
            action="Revoke"
            danger
            busy={revoke.isPending}
            error={revoke.error}
            onAction={() => revoke.mutate({ id: open.row.id })}
          >
            <p className="t2">Programs that use it are refused at once. This cannot be taken back; the name stays taken.</p>
          </Dialog>
        ) : null}
      </div>
    </SettingsFrame>
  );
}

function KeyRow({ row, onRevoke }: { row: ApiKeySummary; onRevoke: () => void }) {
  return (
    <tr>
      <td>
        <div className="row g6">
          <span className={row.state === 'good' ? 'b6 ell' : 'b6 ell t3'}>{row.name}</span>
          {row.state === 'good' ? null : <span className="tag line">{row.state === 'expired' ? 'Expired' : 'Revoked'}</span>}
        </div>
        <div className="s12 t3 ell">
          <span className="mono">{row.prefix}…</span> by {row.createdBy}
        </div>
      </td>
      <td className="t2">
        {row.permissions.map((permission) => permissionWords[permission]).join(', ')}
        <div className="s12 t3">{row.folder === '' ? 'All workflows' : `In ${row.folder}`}</div>
      </td>
      <td className="num t2">
        {row.lastUsedAt === null ? <span className="t3">Never</span> : formatMoment(row.lastUsedAt)}
        <div className="s12">
          <AuditLink search={{ actor: `api-key:${row.name}` }}>
            What it did<span className="visually-hidden"> ({row.name})</span>
          </AuditLink>
        </div>
      </td>
      <td className="num t2">{row.expiresAt === null ? <span className="t3">Revoked by hand</span> : formatMoment(row.expiresAt)}</td>
      <RowActions>
        {row.state === 'revoked' ? null : (
          <Button size="sm" look="danger" onClick={onRevoke}>
            Revoke…<span className="visually-hidden"> {row.name}</span>
          </Button>
        )}
      </RowActions>
    </tr>
  );
}
