import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { StatusIcon, type StatusShape } from '../status/status-icon.tsx';
import { describeError } from '../api/describe-error.ts';

const SHOWN_MS = 6_000;

/** Bottom right. What went well leaves after six seconds; an error stays until it is closed. */
export function toast(options: {
  shape?: StatusShape;
  title: string;
  detail?: ReactNode;
  action?: { label: string; run: () => void };
  /** Takes the place of the one that was shown under the same name. */
  name?: string;
}): void {
  const shape = options.shape ?? 'completed';
  const stays = shape === 'failed' || shape === 'error';
  const id = options.name ?? crypto.randomUUID();
  notifications.hide(id);
  notifications.show({
    id,
    icon: <StatusIcon shape={shape} size={15} />,
    title: options.title,
    message: (
      <span className="row g8">
        <span className="grow">{options.detail}</span>
        {options.action ? (
          <button
            type="button"
            className="plain lnk"
            onClick={() => {
              notifications.hide(id);
              options.action?.run();
            }}
          >
            {options.action.label}
          </button>
        ) : null}
      </span>
    ),
    autoClose: stays ? false : SHOWN_MS,
    role: stays ? 'alert' : 'status',
    closeButtonProps: { 'aria-label': 'Close', size: 'sm' },
  });
}

export function toastError(error: unknown): void {
  const { title, detail } = describeError(error);
  toast({ shape: 'failed', title, detail });
}
