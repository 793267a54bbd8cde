import { formatElapsed, useNow } from '../components/moment.ts';

/** From start to end, or to now while it is open: moving once a second. */
export function InstanceElapsed({ createdAt, completedAt }: { createdAt: string; completedAt: string | null }) {
  return completedAt === null ? <LiveElapsed since={createdAt} /> : <>{formatElapsed(createdAt, completedAt)}</>;
}

export function LiveElapsed({ since }: { since: string | number }) {
  return <>{formatElapsed(since, useNow(1_000))}</>;
}
