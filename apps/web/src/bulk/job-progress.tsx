import type { BulkJob } from '@perdure/server/contract';
import { outcomeWords, settledCount } from './bulk-words.ts';

/** What became of a job's instances so far, as parts of one line. */
export function JobProgress({ job }: { job: BulkJob }) {
  const share = (count: number) => ({ width: `${(100 * count) / Math.max(1, job.total)}%` });
  return (
    <span
      className="job-progress"
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={job.total}
      aria-valuenow={settledCount(job)}
      aria-valuetext={`${outcomeWords(job)} of ${job.total.toLocaleString('en')}`}
    >
      <i className="done" style={share(job.done)} />
      <i className="failed" style={share(job.failed)} />
      <i className="skipped" style={share(job.skipped)} />
    </span>
  );
}
