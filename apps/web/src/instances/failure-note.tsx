import type { Failure } from '@perdure/engine';
import { JsonView } from '../components/json-view.tsx';
import { StatusIcon } from '../status/status-icon.tsx';

export function FailureNote({ failure, title }: { failure: Failure; title?: string }) {
  return (
    <div className="failure">
      <StatusIcon shape="failed" size={13} />
      <div className="grow">
        <p>
          {title === undefined ? '' : <span className="b5">{title}: </span>}
          <span className="mono">{failure.code}</span> {failure.message}
        </p>
        {failure.details === undefined ? null : (
          <details>
            <summary className="s12 t2">Details</summary>
            <JsonView value={failure.details} label="Error details" />
          </details>
        )}
      </div>
    </div>
  );
}
