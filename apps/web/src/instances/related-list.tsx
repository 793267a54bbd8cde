import type { ReactNode } from 'react';

/** What belongs to an instance, entry by entry. `more`: below them. */
export function RelatedList({ title, children, more }: { title: string; children: ReactNode; more?: ReactNode }) {
  return (
    <div className="rel">
      <h3>{title}</h3>
      <ul>{children}</ul>
      {more}
    </div>
  );
}
