import { create } from 'zustand';

/**
 * Whether the tab's WebSocket carries live updates now. `idle`: nobody subscribes, or the first opening is under way;
 * `lost`: it was open and is being reopened.
 */
type ConnectionState = 'idle' | 'open' | 'lost';

export const useConnection = create<{ state: ConnectionState; openings: number }>(() => ({ state: 'idle', openings: 0 }));

/** Normal closure: the client itself closed an idle socket. */
const NORMAL_CLOSURE = 1000;

export const connection = {
  opened: () => useConnection.setState((now) => ({ state: 'open', openings: now.openings + 1 })),
  closed: (code: number | undefined) =>
    useConnection.setState((now) => ({
      state: code === NORMAL_CLOSURE || code === undefined ? 'idle' : now.state === 'idle' ? 'idle' : 'lost',
    })),
};
