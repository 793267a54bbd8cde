import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { StatusIcon } from '../status/status-icon.tsx';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { useDocumentTitle } from './use-document-title.ts';

/** A bug in a page: the rest of Perdure stays usable. */
export function FaultPage({ error, reset }: ErrorComponentProps) {
  useDocumentTitle('Fault');
  const router = useRouter();
  const said = error instanceof Error ? error.message : String(error);
  // A page's chunk is gone after an update of the server: loading the page anew fetches the new one.
  const outdated = /dynamically imported module|module script/i.test(said);
  return (
    <div className="page-center" role="alert">
      <EmptyState
        icon={<StatusIcon shape="error" size={18} />}
        title={outdated ? 'Perdure was updated' : 'This page ran into a fault'}
        actions={
          <Button
            look="primary"
            onClick={() => {
              if (outdated) location.reload();
              else {
                reset();
                void router.invalidate();
              }
            }}
          >
            {outdated ? 'Load the new version' : 'Try again'}
          </Button>
        }
      >
        {outdated ? 'This page belongs to the version before.' : `Nothing was lost on the server. The browser says: ${said}`}
      </EmptyState>
    </div>
  );
}

export function NotFoundPage() {
  useDocumentTitle('Not found');
  return (
    <main className="page-center" style={{ height: '100%' }}>
      <h1 className="visually-hidden">Not found</h1>
      <EmptyState
        title="There is no such page"
        actions={
          <Link to="/instances" className="btn">
            Open the instances
          </Link>
        }
      >
        The address may be mistyped, or what it showed has been removed.
      </EmptyState>
    </main>
  );
}
