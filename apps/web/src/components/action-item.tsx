import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import './action-item.css';

/** An action in a menu. One that cannot be taken stays visible and says why. */
export function ActionItem({
  icon,
  refusal,
  onClick,
  children,
}: {
  icon: ReactNode;
  refusal: string | null;
  onClick: () => void;
  children: string;
}) {
  // Not `disabled`: somebody who cannot take it can still reach it and read why.
  return (
    <Menu.Item
      leftSection={icon}
      {...(refusal === null ? {} : { 'aria-disabled': true, 'data-disabled': true })}
      closeMenuOnClick={refusal === null}
      onClick={refusal === null ? onClick : undefined}
    >
      {children}
      {refusal === null ? null : <span className="menu-why">{refusal}</span>}
    </Menu.Item>
  );
}
