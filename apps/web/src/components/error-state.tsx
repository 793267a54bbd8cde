import type { ReactNode } from 'react';
import { StatusIcon } from '../status/status-icon.tsx';
import { describeError } from '../api/describe-error.ts';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';

/** A page or panel that could not be loaded. */
export function ErrorState({ error, onRetry, wayOut }: { error: unknown; onRetry?: () => void; wayOut?: ReactNode }) {
  const { title, detail } = describeError(error);
  return (
    <div role="alert" className="page-center">
      <EmptyState
        icon={<StatusIcon shape="error" size={18} />}
        title={title}
        actions={onRetry ? <Button onClick={onRetry}>Try again</Button> : wayOut}
      >
        {detail}
      </EmptyState>
    </div>
  );
}
