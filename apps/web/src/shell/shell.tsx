import { useMediaQuery } from '@mantine/hooks';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useFeed } from '../api/use-feed.ts';
import { useJobWatch } from '../bulk/use-job-watch.ts';
import { useMe } from '../api/use-me.ts';
import { describeError } from '../api/describe-error.ts';
import { ErrorState } from '../components/error-state.tsx';
import { SignedOutPage } from './signed-out-page.tsx';
import { OfflineBanner } from './offline-banner.tsx';
import { PageKeys } from './page-keys.tsx';
import { usePages } from './pages.ts';
import { Rail } from './rail.tsx';
import { RailDrawer } from './rail-drawer.tsx';
import { SessionOver } from './session-over.tsx';
import { useGoKeys } from './use-go-keys.ts';

/** Rail at the left, the page at the right. Pages with a canvas get the narrow rail. */
export function Shell() {
  const me = useMe();
  if (me.isPending) return <div className="app" role="status" aria-label="Loading Perdure" />;
  // With somebody known, an ended session is said over the page, which keeps what was typed.
  if (me.isError && me.data === undefined) {
    return describeError(me.error).code === 'auth.required' || isUnauthorized(me.error) ? (
      <SignedOutPage onSignedIn={() => void me.refetch()} />
    ) : (
      <ErrorState error={me.error} onRetry={() => void me.refetch()} />
    );
  }
  return <SignedIn />;
}

function isUnauthorized(error: { data?: { httpStatus?: number } | null | undefined }): boolean {
  return error.data?.httpStatus === 401;
}

const CANVAS_PAGE = /^\/(workflows|instances)\/[^/]+/;

function SignedIn() {
  useFeed();
  useJobWatch();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  useGoKeys(usePages(), (to) => void navigate({ to }));
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  useEffect(() => {
    // A new page starts reading from its top, also for screen readers; the first one keeps what the browser chose.
    if (shown.current === pathname) return;
    shown.current = pathname;
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  const hasRoom = useMediaQuery('(width > 1024px)', true, { getInitialValueInEffect: false });
  const open = hasRoom && !CANVAS_PAGE.test(pathname);
  return (
    <div className={open ? 'app open' : 'app'}>
      <a className="btn skip-link" href="#main">
        Skip to content
      </a>
      <Rail open={open} />
      <RailDrawer />
      <SessionOver />
      <PageKeys pathname={pathname} />
      <main className="main" id="main" ref={main} tabIndex={-1}>
        <OfflineBanner />
        <Outlet />
      </main>
    </div>
  );
}
