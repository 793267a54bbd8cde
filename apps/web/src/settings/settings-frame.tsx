import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { useMe } from '../api/use-me.ts';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { settingsSections } from './settings-sections.ts';
import './settings.css';

/** A page of the settings: its name and actions above, the list of all pages beside it. */
export function SettingsFrame({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  useDocumentTitle(title);
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  // On a phone the pages are one line that scrolls; each page draws it anew, from its beginning.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [pathname]);
  const permissions = useMe().data?.permissions ?? [];
  const shown = settingsSections.filter(({ permission }) => permission === null || permissions.includes(permission));
  return (
    <>
      <TopBar>
        <h1>{title}</h1>
        <span className="grow" />
        {actions}
      </TopBar>
      <div className="settings">
        <nav className="settings-nav" aria-label="Settings" ref={nav}>
          <ul>
            {shown.map(({ label, to }) => (
              <li key={to}>
                <Link to={to} className={pathname === to ? 'on' : ''} {...(pathname === to ? { 'aria-current': 'page' as const } : {})}>
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="settings-body">{children}</div>
      </div>
    </>
  );
}
