import { formatDuration, parseDuration, type RetryPolicy } from '@perdure/graph';

const width = 310;
const left = 5;
const right = 305;
const shownAttempts = 24;

/** When each attempt starts, in milliseconds after the first, as if every one failed at once. */
export function attemptTimes(retry: RetryPolicy): number[] {
  const first = parseDuration(retry.firstRetryInterval);
  if (first === undefined || !Number.isInteger(retry.maxNumberOfAttempts) || retry.maxNumberOfAttempts < 1) return [];
  const most = retry.maxRetryInterval === undefined ? Infinity : (parseDuration(retry.maxRetryInterval) ?? Infinity);
  const limit = retry.retryTimeout === undefined ? Infinity : (parseDuration(retry.retryTimeout) ?? Infinity);
  const factor = retry.backoffCoefficient ?? 1;
  const times = [0];
  let wait = first;
  let at = 0;
  while (times.length < Math.min(retry.maxNumberOfAttempts, shownAttempts)) {
    at += Math.min(wait, most);
    if (at > limit) break;
    times.push(at);
    wait *= factor;
  }
  return times;
}

export function retryWords(retry: RetryPolicy): string {
  if (retry.maxNumberOfAttempts <= 1) return 'One attempt, no retry';
  const factor = retry.backoffCoefficient ?? 1;
  const growth = factor === 1 ? 'always the same' : factor === 2 ? 'doubled' : `times ${factor}`;
  return [
    `Up to ${retry.maxNumberOfAttempts} attempts`,
    `first wait ${words(retry.firstRetryInterval)}`,
    growth,
    ...(retry.maxRetryInterval ? [`at most ${words(retry.maxRetryInterval)}`] : []),
  ].join(', ');
}

function words(duration: string): string {
  const ms = parseDuration(duration);
  return ms === undefined ? duration : short(ms);
}

/** `60 s` rather than `1 m 0 s`: whole units read better on a ruler. */
function short(ms: number): string {
  if (ms % 1000 === 0 && ms <= 120_000) return `${ms / 1000} s`;
  return formatDuration(ms);
}

export function RetryRuler({ retry }: { retry: RetryPolicy }) {
  const times = attemptTimes(retry);
  const last = times.at(-1) ?? 0;
  if (times.length < 2 || last === 0) return <div className="s12 t2">{retryWords(retry)}</div>;
  const x = (ms: number): number => left + ((right - left) * ms) / last;
  let labelled = -Infinity;
  return (
    <div>
      <div className="s12 t2">{retryWords(retry)}</div>
      <svg
        width={width}
        height={26}
        viewBox={`0 0 ${width} 26`}
        className="ds-ruler"
        role="img"
        aria-label={`Attempts start after ${times.map(short).join(', ')}`}
      >
        <path d={`M${left} 9H${right}`} stroke="var(--border-2)" strokeWidth="1.5" />
        {times.map((ms, i) => {
          const isEnd = i === 0 || i === times.length - 1;
          const room = x(ms) - labelled > 26 && (isEnd || right - x(ms) > 34);
          if (room) labelled = x(ms);
          return (
            <g key={ms}>
              <circle cx={x(ms)} cy={9} r={4} fill="var(--surface)" stroke="var(--text-2)" strokeWidth="1.5" />
              {room || isEnd ? (
                <text x={i === 0 ? 1 : isEnd ? 309 : x(ms)} y={25} textAnchor={i === 0 ? 'start' : isEnd ? 'end' : 'middle'}>
                  {isEnd ? short(ms) : short(ms).replace(' s', '')}
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
