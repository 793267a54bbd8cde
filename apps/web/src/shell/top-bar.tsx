import { IconChevronRight } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { JobPill } from '../bulk/job-pill.tsx';
import { RailDrawerButton } from './rail-drawer.tsx';

/** 48 px above every page: where you are at the left, what you can do at the right. */
export function TopBar({ children }: { children: ReactNode }) {
  return (
    <header className="top">
      <RailDrawerButton />
      {children}
      <JobPill />
    </header>
  );
}

export interface Crumb {
  label: string;
  to: LinkProps;
}

/** The last part is the page itself and its heading. */
export function Breadcrumb({ crumbs, current, mono = false }: { crumbs: Crumb[]; current: string; mono?: boolean }) {
  return (
    <nav className="crumbs" aria-label="Breadcrumb">
      <ol>
        {crumbs.map((crumb) => (
          <li key={crumb.label}>
            <Link {...crumb.to}>{crumb.label}</Link>
            <IconChevronRight className="ic" size={13} stroke={1.8} />
          </li>
        ))}
        <li className="ell">
          <h1 className={mono ? 'cur ell mono' : 'cur ell'}>{current}</h1>
        </li>
      </ol>
    </nav>
  );
}
