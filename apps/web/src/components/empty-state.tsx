import type { ReactNode } from 'react';

/** What is missing, why, and the one thing to do about it. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="empty">
      {icon === undefined ? null : <span className="chip">{icon}</span>}
      <h2 className="b6">{title}</h2>
      {children === undefined ? null : <p>{children}</p>}
      {actions === undefined ? null : <div className="row g8">{actions}</div>}
    </div>
  );
}
