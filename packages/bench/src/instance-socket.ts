/** Follows an instance as the web app does: tRPC's protocol over a WebSocket with the session's cookie. */
import type { HistoryEvent } from '@perdure/engine';

export interface InstanceSocket {
  close(): void;
}

/** Resolves when the subscription has been sent; `onEvents` gets every batch. */
export async function followOverSocket(
  origin: string,
  cookie: string,
  instanceId: string,
  onEvents: (events: readonly HistoryEvent[]) => void,
): Promise<InstanceSocket> {
  // Node's own WebSocket takes headers, which a browser's does not.
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/trpc`, { headers: { cookie, origin } });
  await new Promise<void>((settle, fail) => {
    socket.addEventListener('open', () => settle());
    socket.addEventListener('error', () => fail(new Error('The WebSocket could not be opened.')));
  });
  socket.addEventListener('message', ({ data }) => {
    // From the server's own encoder: JSON text. Only `data` results hold events.
    const { result, error } = JSON.parse(String(data)) as Message;
    if (error !== undefined) throw new Error(`The subscription failed: ${JSON.stringify(error)}`);
    const events = result?.data?.data?.events;
    if (events !== undefined) onEvents(events);
  });
  socket.send(JSON.stringify({ id: 1, method: 'subscription', params: { path: 'instances.watch', input: { id: instanceId } } }));
  return { close: () => socket.close() };
}

interface Message {
  result?: { type: string; data?: { data?: { events?: HistoryEvent[] } } };
  error?: unknown;
}
