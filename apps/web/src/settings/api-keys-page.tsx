import { IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiKeySummary } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { formatMoment } from '../components/moment.ts';
import { SkeletonRows } from '../components/skeleton.tsx';
import { ApiKeyDialog } from './api-key-dialog.tsx';
import { OneUseLink } from './one-use-link.tsx';
import { permissionWords } from './role-words.ts';
import { SettingsFrame } from './settings-frame.tsx';

type Open = { kind: 'new' } | { kind: 'made'; name: string; key: string } | { kind: 'revoke'; row: ApiKeySummary } | null;

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
        {keys.isPending ? <SkeletonRows rows={3} height={48} label="Loading keys" /> : null}
        {keys.isError && !keys.data ? <ErrorState error={keys.error} onRetry={() => void keys.refetch()} /> : null}
        {keys.data && keys.data.length === 0 ? (
          <EmptyState icon={<IconKey className="ic" stroke={1.8} />} title="No keys yet">
            Give every program a key of its own, with no more than it needs, so that one can be revoked without the others.
          </EmptyState>
        ) : null}
        {keys.data && keys.data.length > 0 ? (
          <table className="list" aria-label="API keys">
            <colgroup>
              <col style={{ width: '24%' }} />
              <col />
              <col style={{ width: 130 }} />
              <col style={{ width: 130 }} />
              <col style={{ width: 110 }} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">May</th>
                <th scope="col">Last used</th>
                <th scope="col">Good until</th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {keys.data.map((row) => (
                <KeyRow key={row.id} row={row} onRevoke={() => setOpen({ kind: 'revoke', row })} />
              ))}
            </tbody>
          </table>
        ) : null}
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
      <td className="num t2">{row.lastUsedAt === null ? <span className="t3">Never</span> : formatMoment(row.lastUsedAt)}</td>
      <td className="num t2">{row.expiresAt === null ? <span className="t3">Revoked by hand</span> : formatMoment(row.expiresAt)}</td>
      <td>
        <div className="row" style={{ justifyContent: 'flex-end', paddingRight: 10 }}>
          {row.state === 'revoked' ? null : (
            <Button size="sm" look="danger" onClick={onRevoke}>
              Revoke…<span className="visually-hidden"> {row.name}</span>
            </Button>
          )}
        </div>
      </td>
    </tr>
  );
}
