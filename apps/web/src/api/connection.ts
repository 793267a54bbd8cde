import { create } from 'zustand';

/**
 * Whether the tab's WebSocket carries live updates now. `idle`: nobody subscribes, or the first opening is under way;
 * `lost`: it was open and is being reopened.
 */
type ConnectionState = 'idle' | 'open' | 'lost';

export const useConnection = create<{ state: ConnectionState; openings: number; signIns: number }>(() => ({
  state: 'idle',
  openings: 0,
  signIns: 0,
}));

/** Normal closure: the client itself closed an idle socket. */
const NORMAL_CLOSURE = 1000;

export const connection = {
  /** After a session had ended: what was subscribed to under it was refused and has to be asked for anew. */
  signedInAgain: () => useConnection.setState((now) => ({ signIns: now.signIns + 1 })),
  opened: () => useConnection.setState((now) => ({ state: 'open', openings: now.openings + 1 })),
  closed: (code: number | undefined) =>
    useConnection.setState((now) => ({
      state: code === NORMAL_CLOSURE || code === undefined ? 'idle' : now.state === 'idle' ? 'idle' : 'lost',
    })),
};
