import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import './action-item.css';

/** An action in a menu. One that cannot be taken stays visible and says why. */
export function ActionItem({
  icon,
  refusal,
  keys,
  danger = false,
  onClick,
  children,
}: {
  icon?: ReactNode;
  refusal: string | null;
  /** The key that does the same. */
  keys?: string;
  danger?: boolean;
  onClick: () => void;
  children: string;
}) {
  // Not `disabled`: somebody who cannot take it can still reach it and read why.
  return (
    <Menu.Item
      leftSection={icon}
      rightSection={keys === undefined ? undefined : <span className="kbd">{keys}</span>}
      {...(danger && refusal === null ? { color: 'var(--failed)' } : {})}
      {...(refusal === null ? {} : { 'aria-disabled': true, 'data-disabled': true })}
      closeMenuOnClick={refusal === null}
      onClick={refusal === null ? onClick : undefined}
    >
      {children}
      {refusal === null ? null : <span className="menu-why">{refusal}</span>}
    </Menu.Item>
  );
}
