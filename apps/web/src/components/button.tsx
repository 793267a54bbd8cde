import { Tooltip } from '@mantine/core';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { Kbd } from './kbd.tsx';

interface ButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'disabled'> {
  look?: 'plain' | 'primary' | 'ghost' | 'danger' | 'kill';
  size?: 'sm' | 'md' | 'lg';
  icon?: ReactNode;
  /** The keys that do the same, shown beside the words. */
  keys?: string[];
  /** Why the button does nothing now. It stays reachable, so that everybody can read the reason. */
  refusal?: string | null | undefined;
  busy?: boolean;
  pressed?: boolean;
}

export function Button({
  look = 'plain',
  size = 'md',
  icon,
  keys,
  refusal,
  busy = false,
  pressed,
  children,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  const refused = refusal !== undefined && refusal !== null;
  const classes = [
    'btn',
    look === 'plain' ? '' : look,
    size === 'md' ? '' : size,
    children === undefined ? 'icon' : '',
    pressed ? 'on' : '',
    className ?? '',
  ]
    .filter(Boolean)
    .join(' ');
  const button = (
    <button
      type="button"
      {...rest}
      className={classes}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      {...(refused || busy ? { 'aria-disabled': true } : {})}
      {...(busy ? { 'aria-busy': true } : {})}
      onClick={refused || busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className="spin" aria-hidden="true" /> : icon}
      {children === undefined ? null : <span>{children}</span>}
      {keys?.map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </button>
  );
  const tip = refused ? refusal : children === undefined ? rest['aria-label'] : undefined;
  return tip === undefined ? button : <Tooltip label={tip}>{button}</Tooltip>;
}
