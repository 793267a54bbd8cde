/**
 * A TCP proxy on loopback that misbehaves when told to. Faults concern all connections, those that are open and those that come:
 *
 * X1 `reset` ends every connection at once, as a firewall that forgot it does (RST);
 * X2 `hold` keeps bytes back in one direction or both, as a network that swallows packets does: nobody is told anything, and what was kept
 *    arrives when the fault ends, as TCP would send it again;
 * X3 `delay` lets every piece of data arrive that much later, in order;
 * X4 `dropAnswer` lets the next commit through to Postgres and swallows its answer: the connection is reset once Postgres has answered. A
 *    commit is told by the name of its prepared statement in the client's Bind message, the end of its answer by the server's ReadyForQuery.
 *
 * No byte is ever lost from within a stream that goes on: TCP does not do that either.
 */
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

export type Direction = 'requests' | 'answers' | 'both';

/** Portal without a name, then the name of the statement. Text and JSON hold no NUL, so no parameter looks like it. */
const bindsCommit = Buffer.from('\0commit-');
/** ReadyForQuery, of 5 bytes; what follows says whether a transaction is open. */
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5]);

export class TcpProxy {
  readonly port: number;
  readonly #server;
  readonly #target: { host: string; port: number };
  readonly #links = new Set<Link>();
  #held: Direction | null = null;
  #delayMs = 0;
  #dropArmed: (() => void) | null = null;

  private constructor(target: { host: string; port: number }, server: ReturnType<typeof createServer>) {
    this.#target = target;
    this.#server = server;
    this.port = (server.address() as AddressInfo).port; // It listens on TCP.
    server.on('connection', (client: Socket) => this.#connect(client));
  }

  static async start(target: { host: string; port: number }): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(target, server);
  }

  /** The address, with the proxy in the server's place. */
  through(url: string): string {
    const address = new URL(url);
    address.hostname = '127.0.0.1';
    address.port = String(this.port);
    return address.href;
  }

  get connections(): number {
    return this.#links.size;
  }

  /** X1. Gives how many there were. */
  reset(): number {
    const struck = this.#links.size;
    for (const link of this.#links) link.reset();
    return struck;
  }

  /** X2, until `heal`. */
  hold(direction: Direction): void {
    this.#held = direction;
    for (const link of this.#links) link.flow();
  }

  /** X3, until `heal`. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  heal(): void {
    this.#held = null;
    this.#delayMs = 0;
    for (const link of this.#links) link.flow();
  }

  /** X4. Resolves when a commit's answer was swallowed; until then, or until `cancel`, the next commit is waited for. */
  dropAnswer(): { done: Promise<void>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#dropArmed = resolve;
    return {
      done: promise,
      cancel: () => {
        if (this.#dropArmed === resolve) this.#dropArmed = null;
      },
    };
  }

  async stop(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connect(client: Socket): void {
    const link = new Link(client, createConnection(this.#target), {
      holds: (direction) => this.#held === 'both' || this.#held === direction,
      delayMs: () => this.#delayMs,
      takeDrop: () => {
        const armed = this.#dropArmed;
        this.#dropArmed = null;
        return armed;
      },
      dropWanted: () => this.#dropArmed !== null,
      closed: () => this.#links.delete(link),
    });
    this.#links.add(link);
  }
}

interface Fate {
  holds(direction: 'requests' | 'answers'): boolean;
  delayMs(): number;
  dropWanted(): boolean;
  takeDrop(): (() => void) | null;
  closed(): void;
}

/** One connection: the client's socket and the one to the server. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #fate: Fate;
  /** Data in order of arrival, each with the moment from which it may go on. */
  readonly #waiting = { requests: [] as Piece[], answers: [] as Piece[] };
  readonly #timers = new Set<NodeJS.Timeout>();
  #requestTail: Buffer = Buffer.alloc(0);
  #answerTail: Buffer = Buffer.alloc(0);
  /** Set while the answer to a commit is swallowed. */
  #dropped: (() => void) | null = null;
  #closed = false;

  constructor(client: Socket, server: Socket, fate: Fate) {
    this.#client = client;
    this.#server = server;
    this.#fate = fate;
    client.setNoDelay(true);
    server.setNoDelay(true);
    client.on('data', (data) => this.#request(data));
    server.on('data', (data) => this.#answer(data));
    for (const [from, direction] of [
      [client, 'requests'],
      [server, 'answers'],
    ] as const) {
      from.on('end', () => this.#arrive(direction, null));
      from.on('error', () => this.reset());
      from.on('close', () => {
        if (client.destroyed && server.destroyed) this.#close();
      });
    }
  }

  reset(): void {
    this.#close();
    for (const socket of [this.#client, this.#server]) {
      if (socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  /** Passes on what may go on now. */
  flow(): void {
    this.#flow('requests');
    this.#flow('answers');
  }

  #request(data: Buffer): void {
    if (this.#dropped === null && this.#fate.dropWanted()) {
      // The name may lie across two pieces.
      const seen = Buffer.concat([this.#requestTail, data]);
      if (seen.includes(bindsCommit)) this.#dropped = this.#fate.takeDrop();
    }
    this.#requestTail = data.subarray(-(bindsCommit.length - 1));
    this.#arrive('requests', data);
  }

  #answer(data: Buffer): void {
    if (this.#dropped === null) {
      this.#arrive('answers', data);
      return;
    }
    const seen = Buffer.concat([this.#answerTail, data]);
    this.#answerTail = seen.subarray(-(readyForQuery.length - 1));
    if (!seen.includes(readyForQuery)) return;
    this.#dropped();
    this.reset();
  }

  #arrive(direction: 'requests' | 'answers', data: Buffer | null): void {
    const delayMs = this.#fate.delayMs();
    this.#waiting[direction].push({ data, from: performance.now() + delayMs });
    if (delayMs > 0) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#flow(direction);
      }, delayMs + 1);
      this.#timers.add(timer);
    }
    this.#flow(direction);
  }

  #flow(direction: 'requests' | 'answers'): void {
    if (this.#closed || this.#fate.holds(direction)) return;
    const [from, to] = direction === 'requests' ? [this.#client, this.#server] : [this.#server, this.#client];
    const pieces = this.#waiting[direction];
    for (let piece = pieces[0]; piece !== undefined && piece.from <= performance.now(); piece = pieces[0]) {
      pieces.shift();
      if (piece.data === null) to.end();
      else if (!to.write(piece.data)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    }
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#fate.closed();
  }
}

interface Piece {
  /** Null is the end of this direction. */
  data: Buffer | null;
  from: number;
}
