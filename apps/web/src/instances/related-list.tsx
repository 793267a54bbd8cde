import type { ReactNode } from 'react';
import { Button } from '../components/button.tsx';

/** Further entries, which come when they are asked for. */
export interface MoreEntries {
  busy: boolean;
  show(): void;
}

/** What belongs to an instance, entry by entry. `label`: of the list, where the title says more than its name. */
export function RelatedList({
  title,
  label,
  children,
  more,
}: {
  title: string;
  label?: string;
  children: ReactNode;
  more?: MoreEntries | null;
}) {
  return (
    <div className="rel">
      <h3>{title}</h3>
      <ul aria-label={label}>{children}</ul>
      {more ? (
        <Button size="sm" look="ghost" busy={more.busy} onClick={more.show}>
          Show more
        </Button>
      ) : null}
    </div>
  );
}
