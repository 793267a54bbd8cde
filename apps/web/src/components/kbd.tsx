import type { ReactNode } from 'react';

/** A key, beside the action it triggers. Hidden from screen readers: it would become part of the action's name. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <span className="kbd" aria-hidden="true">
      {children}
    </span>
  );
}
