import type { StuckCause } from '@perdure/server/contract';
import { StatusIcon } from '../status/status-icon.tsx';
import { STUCK_WORDS } from './stuck-words.ts';

/** That nothing will wake the instance, and what a person can do about it. */
export function StuckNote({ cause }: { cause: StuckCause }) {
  const { short, advice } = STUCK_WORDS[cause];
  return (
    <div className="held" role="group" aria-label="Stuck">
      <StatusIcon shape="warning" size={13} />
      <p className="grow">
        <span className="b5">{short ?? 'It waits long'}.</span> {advice}
      </p>
    </div>
  );
}
