import { Autocomplete, Checkbox, NativeSelect } from '@mantine/core';
import { IconChevronDown, IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Role, RoleGrant } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { roleWords } from './role-words.ts';

/** `key` only keeps the row's fields apart while others come and go. */
export interface RoleRow extends RoleGrant {
  key: number;
}

let rows = 0;

export function roleRow(grant: RoleGrant): RoleRow {
  return { ...grant, key: ++rows };
}

export function rolesOf(edited: readonly RoleRow[]): RoleGrant[] {
  return edited.map(({ role, folder, sensitive }) => ({ role, folder, sensitive }));
}

/** Why they cannot be saved like this. */
export function rolesRefusal(edited: readonly RoleRow[]): string | null {
  const names = edited.map(({ role, folder }) => `${role} ${folder.trim()}`);
  return new Set(names).size === names.length ? null : 'A role is named twice for one folder';
}

export function RoleFields({ value, onChange }: { value: readonly RoleRow[]; onChange: (value: RoleRow[]) => void }) {
  const folders = useQuery(trpc.workflows.folders.queryOptions());
  const change = (key: number, part: Partial<RoleGrant>) => onChange(value.map((row) => (row.key === key ? { ...row, ...part } : row)));
  return (
    <div role="group" aria-label="Roles">
      <div className="label">Roles</div>
      <div className="role-rows">
        {value.map((row) => (
          <div key={row.key} className="role-row">
            <NativeSelect
              aria-label="Role"
              rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
              data={Object.entries(roleWords).map(([role, { label }]) => ({ value: role, label }))}
              value={row.role}
              title={roleWords[row.role].does}
              // The options are the roles.
              onChange={(event) => change(row.key, { role: event.currentTarget.value as Role })}
            />
            <Autocomplete
              aria-label="Folder"
              placeholder="All workflows"
              data={folders.data ?? []}
              value={row.folder}
              onChange={(folder) => change(row.key, { folder })}
            />
            <Checkbox
              label="Sensitive data"
              checked={row.sensitive || row.role === 'admin'}
              disabled={row.role === 'admin'}
              title={row.role === 'admin' ? 'An admin sees it anyway' : 'Shows what schemas mark as sensitive'}
              onChange={(event) => change(row.key, { sensitive: event.currentTarget.checked })}
            />
            <Button
              look="ghost"
              aria-label={`Remove the role ${roleWords[row.role].label}`}
              icon={<IconX className="ic" stroke={1.8} />}
              onClick={() => onChange(value.filter(({ key }) => key !== row.key))}
            />
          </div>
        ))}
      </div>
      <div className="row" style={{ marginTop: 8 }}>
        <Button
          size="sm"
          icon={<IconPlus className="ic" stroke={1.8} />}
          onClick={() => onChange([...value, roleRow({ role: 'viewer', folder: '', sensitive: false })])}
        >
          Add a role
        </Button>
      </div>
    </div>
  );
}
