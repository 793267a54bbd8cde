import { useState } from 'react';

/** What stands behind the # of a link that is good once: browsers do not send it along, and it is taken out of the address at once. */
export function useLinkToken(): string {
  const [token] = useState(() => {
    const found = location.hash.slice(1);
    if (found !== '') history.replaceState(history.state, '', location.pathname);
    return found;
  });
  return token;
}
