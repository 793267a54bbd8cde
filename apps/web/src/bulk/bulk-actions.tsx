import { Menu } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowsRight,
  IconBroadcast,
  IconCopy,
  IconDots,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { BulkAction, InstanceFilterInput } from '@perdure/server/contract';
import { useRefusals } from '../api/use-refusal.ts';
import { ActionItem } from '../components/action-item.tsx';
import { Button } from '../components/button.tsx';
import { useKeys } from '../components/use-keys.ts';
import { BulkDialog } from './bulk-dialog.tsx';

const stroke = { className: 'ic', stroke: 1.8 };

const BUTTONS: { action: BulkAction; label: string; icon: ReactNode; keys?: string[]; look?: 'danger' }[] = [
  { action: 'retry', label: 'Retry…', icon: <IconRefresh {...stroke} />, keys: ['R'] },
  { action: 'rewind', label: 'Rewind…', icon: <IconArrowBackUp {...stroke} /> },
  { action: 'migrate', label: 'Migrate…', icon: <IconArrowsRight {...stroke} /> },
  { action: 'suspend', label: 'Suspend…', icon: <IconPlayerPause {...stroke} /> },
  { action: 'resume', label: 'Resume…', icon: <IconPlayerPlay {...stroke} /> },
  { action: 'terminate', label: 'Terminate…', icon: <IconPlayerStop {...stroke} />, look: 'danger' },
];

/** What can be done with all that is chosen. Each opens its dialog; R retries. */
export function BulkActions({
  filter,
  folders,
  workflowKey,
  onCopyIds,
  onStarted,
}: {
  filter: InstanceFilterInput;
  /** Of all that is chosen; null: there may be others, too. */
  folders: readonly string[] | null;
  workflowKey: string | undefined;
  /** Null: what is chosen is not rows. */
  onCopyIds: (() => void) | null;
  onStarted: () => void;
}) {
  const [open, setOpen] = useState<BulkAction | null>(null);
  const refusal = refusalOfAll(useRefusals('instance.operate'), folders);
  const noPurge = refusalOfAll(useRefusals('instance.purge'), folders);
  useKeys({
    r: () => {
      if (refusal === null) setOpen('retry');
    },
  });
  return (
    <>
      {BUTTONS.map(({ action, label, icon, keys, look }) => (
        <Button
          key={action}
          look="ghost"
          {...(look === undefined ? {} : { className: look })}
          icon={icon}
          {...(keys === undefined ? {} : { keys })}
          refusal={refusal}
          onClick={() => setOpen(action)}
        >
          {label}
        </Button>
      ))}
      <Menu position="top-end" width={210}>
        <Menu.Target>
          <Button look="ghost" aria-label="More for the selected" icon={<IconDots {...stroke} />} />
        </Menu.Target>
        <Menu.Dropdown>
          <ActionItem icon={<IconBroadcast {...stroke} />} refusal={refusal} onClick={() => setOpen('raiseEvent')}>
            Raise event…
          </ActionItem>
          <ActionItem icon={<IconTrash {...stroke} />} refusal={noPurge} onClick={() => setOpen('purge')}>
            Purge…
          </ActionItem>
          <Menu.Divider />
          <ActionItem
            icon={<IconCopy {...stroke} />}
            refusal={onCopyIds === null ? 'Select rows one by one' : null}
            onClick={() => onCopyIds?.()}
          >
            Copy ids
          </ActionItem>
        </Menu.Dropdown>
      </Menu>
      {open === null ? null : (
        <BulkDialog
          key={open}
          action={open}
          filter={filter}
          workflowKey={workflowKey}
          onClose={() => setOpen(null)}
          onStarted={onStarted}
        />
      )}
    </>
  );
}

/** Some of them are enough: the preview counts those that can be reached. */
function refusalOfAll(refusalIn: ReturnType<typeof useRefusals>, folders: readonly string[] | null): string | null {
  if (folders === null || folders.length === 0) return refusalIn(null);
  const refusals = folders.map(refusalIn);
  return refusals.includes(null) ? null : (refusals[0] ?? null);
}
