import { ROOT_FRAME, stepKey, type HistoryEvent } from '@perdure/engine';
import { edgeId, nodeId } from '@perdure/graph';
import type { Page, WebSocketRoute } from 'playwright-core';

/** An update of a watched instance as it stands on the wire. */
interface UpdateMessage {
  result: { data: { id: string; data: { events: HistoryEvent[]; seq: number } } };
}

/**
 * A storm of status changes on the web app's own WebSocket: what the server says goes through, and further history events of the watched
 * instance can be put in. The page cannot tell: they take its way through tRPC, the run store and the canvas.
 */
export class StatusStorm {
  #socket: WebSocketRoute | null = null;
  /** The last update the server sent, which ours are modelled on. */
  #model: UpdateMessage | null = null;
  #seq = 0;
  #changes = 0;

  /** Before the page opens its socket. */
  async attach(page: Page): Promise<void> {
    await page.routeWebSocket(/\/trpc/, (socket) => {
      const server = socket.connectToServer();
      this.#socket = socket;
      this.#model = null;
      server.onMessage((message) => {
        this.#read(message.toString());
        socket.send(message);
      });
    });
  }

  get isWatching(): boolean {
    return this.#model !== null;
  }

  /** The nodes in turn begin and end a step; each is one change. */
  send(nodes: readonly string[], changes: number): void {
    if (!this.#socket || !this.#model) throw new Error('No instance is watched on this page.');
    const events = Array.from({ length: changes }, (): HistoryEvent => {
      const visit = this.#changes >> 1;
      const ends = this.#changes % 2 === 1;
      const node = nodeId(nodes[visit % nodes.length] ?? 'start');
      const step = stepKey(`storm-${node}-${Math.floor(visit / nodes.length)}`);
      this.#seq += 1;
      this.#changes += 1;
      const place = { seq: this.#seq, at: Date.now(), step, attempt: 1 };
      return ends
        ? { ...place, type: 'TaskCompleted', output: null }
        : { ...place, type: 'TaskScheduled', activity: 'http', queue: null, node, frame: ROOT_FRAME, via: edgeId('e1') };
    });
    const { result } = this.#model;
    const data = { id: String(this.#seq), data: { ...result.data.data, events, seq: this.#seq } };
    this.#socket.send(JSON.stringify({ ...this.#model, result: { ...result, data } }));
  }

  #read(text: string): void {
    if (!text.startsWith('{')) return; // the answer to a ping
    const message = JSON.parse(text) as Partial<UpdateMessage>; // from the server's own tRPC
    const last = message.result?.data?.data?.events?.at(-1);
    if (!last) return;
    this.#seq = Math.max(this.#seq, last.seq);
    this.#model = message as UpdateMessage;
  }
}
