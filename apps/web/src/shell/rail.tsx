import { Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { trpc } from '../api/trpc.ts';
import { useMay } from '../api/use-me.ts';
import { AccountMenu } from './account-menu.tsx';
import { HelpMenu } from './help-menu.tsx';
import { Logo } from './logo.tsx';
import { usePages, type Page } from './pages.ts';

export function Rail({ open }: { open: boolean }) {
  const pages = usePages();
  const counts = useCounts();
  const link = ({ to, label, icon: Icon }: Page) => (
    <RailLink key={to} to={to} label={label} icon={<Icon className="ic" size={16} stroke={1.8} />} open={open} {...counts[to]} />
  );
  return (
    <nav className="rail" aria-label="Main">
      <Link to="/" className="logo" aria-label="Perdure, home">
        <Logo />
        {open ? <span>Perdure</span> : null}
      </Link>
      <ul>{pages.filter(({ to }) => to !== '/settings').map(link)}</ul>
      <div className="sp" />
      <ul>
        {pages.filter(({ to }) => to === '/settings').map(link)}
        <HelpMenu open={open} />
      </ul>
      <AccountMenu open={open} />
    </nav>
  );
}

/** What waits on a page. */
interface Count {
  count: number;
  /** Good to know, and nobody waits for it. */
  isCalm?: boolean;
  /** What is counted. */
  of: 'task' | 'incident';
}

function useCounts(): Partial<Record<Page['to'], Count>> {
  const mayReadInstances = useMay('instance.read');
  const mayReadTasks = useMay('task.read');
  const incidents = useQuery(trpc.incidents.list.queryOptions({ states: ['open'] }, { enabled: mayReadInstances, staleTime: 3_000 })).data;
  const tasks = useQuery(trpc.tasks.counts.queryOptions(undefined, { enabled: mayReadTasks })).data;
  // What waits for this person; while that is nothing, more quietly what they could take.
  const isMine = (tasks?.mine ?? 0) > 0;
  return {
    '/inbox': { count: (isMine ? tasks?.mine : tasks?.available) ?? 0, isCalm: !isMine, of: 'task' },
    '/incidents': { count: incidents?.counts.open ?? 0, isCalm: true, of: 'incident' },
  };
}

function RailLink({
  to,
  label,
  icon,
  open,
  count = 0,
  isCalm = false,
  of = 'task',
}: {
  to: Page['to'];
  label: string;
  icon: ReactElement;
  open: boolean;
} & Partial<Count>) {
  const { pathname } = useLocation();
  const here = pathname === to || pathname.startsWith(`${to}/`) || (to === '/entities' && pathname.startsWith('/entity-types/'));
  // In the narrow rail there is room for two signs beside the icon; the whole number is in the tooltip.
  const most = open ? 99 : 9;
  const words = `${count.toLocaleString('en')} open ${count === 1 ? of : `${of}s`}`;
  return (
    <li>
      <Tooltip label={count > 0 ? `${label}, ${words}` : label} position="right" disabled={open}>
        <Link to={to} className={here ? 'on' : ''} {...(here ? { 'aria-current': 'page' as const } : {})}>
          {icon}
          <span className={open ? '' : 'visually-hidden'}>{label}</span>
          {count > 0 ? (
            <span className={`${open ? 'cnt' : 'dot'}${isCalm ? ' calm' : ''}`}>
              <span aria-hidden="true">{count > most ? `${most}+` : count}</span>
              <span className="visually-hidden"> {words}</span>
            </span>
          ) : null}
        </Link>
      </Tooltip>
    </li>
  );
}
