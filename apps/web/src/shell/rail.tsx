import { Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconDatabaseCog,
  IconInbox,
  IconLayoutDashboard,
  IconListDetails,
  IconSettings,
  IconSitemap,
  IconStack2,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { trpc } from '../api/trpc.ts';
import { useMay, useMayIn } from '../api/use-me.ts';
import { AccountMenu } from './account-menu.tsx';
import { Logo } from './logo.tsx';

export function Rail({ open }: { open: boolean }) {
  const mayReadWorkflows = useMay('workflow.read');
  const mayReadInstances = useMay('instance.read');
  // Entities belong to no folder.
  const mayReadEntities = useMayIn('instance.read', '');
  const incidents = useQuery(trpc.incidents.list.queryOptions({ states: ['open'] }, { enabled: mayReadInstances, staleTime: 3_000 }));
  const mayReadTasks = useMay('task.read');
  const tasks = useQuery(trpc.tasks.counts.queryOptions(undefined, { enabled: mayReadTasks })).data;
  // What waits for this person; while that is nothing, more quietly what they could take.
  const isMine = (tasks?.mine ?? 0) > 0;
  const waiting = (isMine ? tasks?.mine : tasks?.available) ?? 0;
  return (
    <nav className="rail" aria-label="Main">
      <Link to="/welcome" className="logo" aria-label="Perdure, welcome page">
        <Logo />
        {open ? <span>Perdure</span> : null}
      </Link>
      <ul>
        {mayReadInstances ? (
          <RailLink to="/dashboard" label="Dashboard" icon={<IconLayoutDashboard className="ic" size={16} stroke={1.8} />} open={open} />
        ) : null}
        {mayReadWorkflows ? (
          <RailLink to="/workflows" label="Workflows" icon={<IconSitemap className="ic" size={16} stroke={1.8} />} open={open} />
        ) : null}
        {mayReadInstances ? (
          <RailLink to="/instances" label="Instances" icon={<IconListDetails className="ic" size={16} stroke={1.8} />} open={open} />
        ) : null}
        {mayReadEntities ? (
          <RailLink to="/entities" label="Entities" icon={<IconDatabaseCog className="ic" size={16} stroke={1.8} />} open={open} />
        ) : null}
        {mayReadTasks ? (
          <RailLink
            to="/inbox"
            label="Inbox"
            icon={<IconInbox className="ic" size={16} stroke={1.8} />}
            open={open}
            count={waiting}
            isCalm={!isMine}
          />
        ) : null}
        {mayReadInstances ? (
          <RailLink
            to="/incidents"
            label="Incidents"
            icon={<IconAlertTriangle className="ic" size={16} stroke={1.8} />}
            open={open}
            count={incidents.data?.counts.open ?? 0}
            of="incident"
            isCalm
          />
        ) : null}
        {mayReadInstances ? (
          <RailLink to="/jobs" label="Jobs" icon={<IconStack2 className="ic" size={16} stroke={1.8} />} open={open} />
        ) : null}
      </ul>
      <div className="sp" />
      <ul>
        <RailLink to="/settings" label="Settings" icon={<IconSettings className="ic" size={16} stroke={1.8} />} open={open} />
      </ul>
      <AccountMenu open={open} />
    </nav>
  );
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
  to: '/dashboard' | '/incidents' | '/jobs' | '/workflows' | '/instances' | '/entities' | '/inbox' | '/settings';
  label: string;
  icon: ReactElement;
  open: boolean;
  count?: number;
  /** Good to know, and nobody waits for it. */
  isCalm?: boolean;
  /** What is counted. */
  of?: 'task' | 'incident';
}) {
  const { pathname } = useLocation();
  const here = pathname === to || pathname.startsWith(`${to}/`) || (to === '/entities' && pathname.startsWith('/entity-types/'));
  return (
    <li>
      <Tooltip label={label} position="right" disabled={open}>
        <Link to={to} className={here ? 'on' : ''} {...(here ? { 'aria-current': 'page' as const } : {})}>
          {icon}
          <span className={open ? '' : 'visually-hidden'}>{label}</span>
          {count > 0 ? (
            <span className={`${open ? 'cnt' : 'dot'}${isCalm ? ' calm' : ''}`}>
              {count > 99 ? '99+' : count}
              <span className="visually-hidden"> open {count === 1 ? of : `${of}s`}</span>
            </span>
          ) : null}
        </Link>
      </Tooltip>
    </li>
  );
}
