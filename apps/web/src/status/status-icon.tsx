import type { ReactNode } from 'react';
import type { ShownStatus } from '@perdure/server/contract';

/** A status, or one of the two marks of a problem. Each has a shape of its own, so that colour is never the only sign. */
export type StatusShape = Lowercase<ShownStatus> | 'warning' | 'error';

/** `--icon-cut` is the colour behind the icon: what is cut out of a solid shape shows it. */
const CUT = 'var(--icon-cut, var(--surface))';

const SHAPES: Record<StatusShape, ReactNode> = {
  pending: <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="2.2 2.2" />,
  running: (
    <>
      <path d="M8 2.2A5.8 5.8 0 1 1 2.2 8" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      <circle cx="8" cy="8" r="2.3" fill="currentColor" />
    </>
  ),
  waiting: (
    <path
      d="M3.6 1.8h8.8v1.9c0 1.2-.6 2-1.6 2.8L9 8l1.8 1.5c1 .8 1.6 1.6 1.6 2.8v1.9H3.6v-1.9c0-1.2.6-2 1.6-2.8L7 8 5.2 6.5c-1-.8-1.6-1.6-1.6-2.8z"
      fill="currentColor"
    />
  ),
  suspended: (
    <>
      <rect x="3.4" y="2.6" width="3.4" height="10.8" rx="1.1" fill="currentColor" />
      <rect x="9.2" y="2.6" width="3.4" height="10.8" rx="1.1" fill="currentColor" />
    </>
  ),
  completed: (
    <>
      <circle cx="8" cy="8" r="6.6" fill="currentColor" />
      <path d="M5.1 8.2l2 2 3.8-4.1" fill="none" stroke={CUT} strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  failed: (
    <>
      <path
        d="M7.2 1.1a1.15 1.15 0 0 1 1.6 0l6.1 6.1a1.15 1.15 0 0 1 0 1.6l-6.1 6.1a1.15 1.15 0 0 1-1.6 0L1.1 8.8a1.15 1.15 0 0 1 0-1.6z"
        fill="currentColor"
      />
      <path d="M6.1 6.1l3.8 3.8M9.9 6.1L6.1 9.9" stroke={CUT} strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  terminated: <rect x="2.8" y="2.8" width="10.4" height="10.4" rx="2" fill="currentColor" />,
  canceled: (
    <>
      <circle cx="8" cy="8" r="5.7" fill="none" stroke="currentColor" strokeWidth="1.8" />
      <path d="M4.2 11.8l7.6-7.6" stroke="currentColor" strokeWidth="1.8" />
    </>
  ),
  warning: (
    <>
      <path d="M7 2.1a1.16 1.16 0 0 1 2 0l5.9 10.2a1.16 1.16 0 0 1-1 1.7H2.1a1.16 1.16 0 0 1-1-1.7z" fill="currentColor" />
      <path d="M8 6v3.4M8 11.7v.1" stroke={CUT} strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  error: (
    <>
      <path d="M5.3 1.4h5.4l3.9 3.9v5.4l-3.9 3.9H5.3l-3.9-3.9V5.3z" fill="currentColor" />
      <path d="M8 4.6v4M8 11.2v.1" stroke={CUT} strokeWidth="1.7" strokeLinecap="round" />
    </>
  ),
};

export function statusShape(status: ShownStatus): StatusShape {
  // Lowercase of a union member is the union's Lowercase, which toLowerCase's type does not say.
  return status.toLowerCase() as StatusShape;
}

/** Without `label` the icon is decoration beside a word. */
export function StatusIcon({ shape, size = 14, label }: { shape: StatusShape; size?: number; label?: string }) {
  return (
    <svg
      className={`st st-${shape}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {SHAPES[shape]}
    </svg>
  );
}
