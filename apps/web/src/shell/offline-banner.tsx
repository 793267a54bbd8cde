import { useEffect, useState, useSyncExternalStore } from 'react';
import { useConnection } from '../api/connection.ts';
import { StatusIcon } from '../status/status-icon.tsx';

/** A short break is nobody's business: the banner waits this long before it says anything. */
const PATIENCE_MS = 3_000;

export function OfflineBanner() {
  const online = useSyncExternalStore(onConnectivity, () => navigator.onLine);
  const lost = useConnection((connection) => connection.state === 'lost');
  const [lostLong, setLostLong] = useState(false);
  useEffect(() => {
    if (!lost) {
      setLostLong(false);
      return;
    }
    const timer = setTimeout(() => setLostLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  if (online && !lostLong) return null;
  return (
    <div className="banner" role="status">
      <StatusIcon shape="warning" size={14} />
      {online
        ? 'Perdure does not answer. Reconnecting. What you see may be old; running instances are safe.'
        : 'You are offline. What you see may be old; running instances go on.'}
    </div>
  );
}

function onConnectivity(changed: () => void): () => void {
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
  };
}
