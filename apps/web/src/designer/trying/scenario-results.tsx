import { Link } from '@tanstack/react-router';
import type { ScenarioDifference, ScenarioResult } from '@perdure/server/contract';
import { JsonView } from '../../components/json-view.tsx';
import { StatusIcon } from '../../status/status-icon.tsx';

/** What a scenario came to: passed, or what differs, expected beside actual. */
export function ScenarioOutcome({ result }: { result: ScenarioResult }) {
  return (
    <div className={`sc-outcome ${result.passed ? 'passed' : 'failed'}`} role="status">
      <div className="row g8">
        <StatusIcon shape={result.passed ? 'completed' : 'failed'} />
        <span className="b5">{result.passed ? `Passed in ${result.ms.toLocaleString('en')} ms` : 'Failed'}</span>
        <span className="grow" />
        {result.instanceId === null ? null : (
          <Link className="lnk" to="/instances/$id" params={{ id: result.instanceId }}>
            Open instance
          </Link>
        )}
      </div>
      {result.differences.map((difference) => (
        <Difference key={difference.what + difference.message} difference={difference} />
      ))}
    </div>
  );
}

function Difference({ difference: { what, message, expected, actual } }: { difference: ScenarioDifference }) {
  return (
    <div className="sc-difference">
      <div>{message}</div>
      {what === 'output' ? (
        <div className="sc-sides">
          {expected === undefined ? null : (
            <div>
              <div className="label">Expected</div>
              <JsonView value={expected} label="Expected" />
            </div>
          )}
          {actual === undefined ? null : (
            <div>
              <div className="label">Actual</div>
              <JsonView value={actual} label="Actual" />
            </div>
          )}
        </div>
      ) : null}
    </div>
  );
}
