import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMay } from '../api/use-me.ts';
import { ACTION_WORDS, settledCount } from './bulk-words.ts';
import { liveJobs } from './use-job-watch.ts';
import './bulk.css';

const RADIUS = 6;
const ROUND = 2 * Math.PI * RADIUS;

/** In the top bar of every page: how far the jobs are that run now, or wait for somebody to resume them. */
export function JobPill() {
  const { data: jobs = [] } = useQuery({ ...liveJobs(), enabled: useMay('instance.read') });
  const [first, second] = jobs;
  if (first === undefined) return null;
  const total = jobs.reduce((sum, job) => sum + job.total, 0);
  const settled = jobs.reduce((sum, job) => sum + settledCount(job), 0);
  const isPaused = jobs.every(({ status }) => status === 'paused');
  const { verb, doing } = ACTION_WORDS[first.request.action];
  const words = second !== undefined ? `${jobs.length} jobs` : isPaused ? `${verb} paused` : doing;
  const content = (
    <>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r={RADIUS} className="rest" />
        <circle
          cx="8"
          cy="8"
          r={RADIUS}
          className="done"
          strokeDasharray={`${(ROUND * settled) / Math.max(1, total)} ${ROUND}`}
          transform="rotate(-90 8 8)"
        />
      </svg>
      <span className="words">{words}</span>
      <span className="num t2 b4">
        {settled.toLocaleString('en')} of {total.toLocaleString('en')}
      </span>
    </>
  );
  const className = isPaused ? 'job-pill paused' : 'job-pill';
  return second === undefined ? (
    <Link className={className} to="/jobs/$id" params={{ id: first.id }}>
      {content}
    </Link>
  ) : (
    <Link className={className} to="/jobs">
      {content}
    </Link>
  );
}
