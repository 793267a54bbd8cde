import type { ScenarioResult } from '@perdure/server/contract';
import { Button } from '../../components/button.tsx';
import { ScenarioOutcome } from './scenario-results.tsx';
import './scenarios.css';

/** Why publishing was refused, scenario by scenario, and the way past it. */
export function FailingScenarios({ failing, busy, onAnyway }: { failing: readonly ScenarioResult[]; busy: boolean; onAnyway(): void }) {
  return (
    <div className="sc-failing" role="alert">
      <div className="b5">
        {failing.length === 1 ? 'Not published: one scenario fails.' : `Not published: ${failing.length} scenarios fail.`}
      </div>
      {failing.map((result) => (
        <div key={result.id}>
          <div className="label">{result.title}</div>
          <ScenarioOutcome result={result} />
        </div>
      ))}
      <div className="row g8">
        <Button size="sm" look="danger" busy={busy} onClick={onAnyway}>
          Publish anyway
        </Button>
        <span className="s12 t3">That it was, and which failed, is kept with the version.</span>
      </div>
    </div>
  );
}
