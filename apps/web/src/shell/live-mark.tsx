import { useConnection } from '../api/connection.ts';

/** Whether what is on screen follows the server now. */
export function LiveMark() {
  const lost = useConnection((connection) => connection.state === 'lost');
  return (
    <span className={lost ? 'live off' : 'live'} role="status">
      <i />
      {lost ? 'Reconnecting…' : 'Live'}
    </span>
  );
}
