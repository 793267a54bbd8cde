/**
 * tRPC over one WebSocket per tab. Whoever connects must carry a session cookie and come from this server's own pages.
 * A connection ends with its session, and with the rights it began with: at once when that is told, within a minute when it could not be.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import type { FastifyBaseLogger } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';
import { isSameRights } from '../auth/grant-book.ts';
import { callerAddress, proxyTrust } from '../http/caller-address.ts';
import { type CallerCheck, findSession } from '../http/caller.ts';
import { isOwnOrigin } from '../http/origin-check.ts';
import { bodyLimits } from '../http/route.ts';
import { readJsonBody } from '../http/strict-body.ts';
import type { Installation } from '../installation.ts';
import type { Context } from './base.ts';
import { appRouter } from './router.ts';

const recheckMs = 60_000;
/** Above this much unsent data a subscription stops reading. */
const highWater = 1_048_576;

export interface TrpcSockets {
  close(): Promise<void>;
}

export function serveTrpcSockets(
  server: Server,
  installation: Installation,
  check: CallerCheck,
  { log, everyMs = recheckMs }: { log: FastifyBaseLogger; everyMs?: number | undefined },
): TrpcSockets {
  const { config } = installation;
  const trust = proxyTrust(config.trustProxy);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: bodyLimits.payloads + bodyLimits.other });
  const users = new Map<WebSocket, string>();
  const bySession = new Map<string, Set<WebSocket>>();
  const callers = new WeakMap<IncomingMessage, { context: Context; sessionId: string }>();

  const connected = getWSConnectionHandler({
    wss: sockets,
    router: appRouter,
    keepAlive: { enabled: true, pingMs: 30_000, pongWaitMs: 10_000 },
    experimental_encoder: {
      encode: (data) => JSON.stringify(data),
      decode: (data) => readJsonBody(typeof data === 'string' ? data : Buffer.from(data as Uint8Array).toString()),
    },
    createContext: ({ req, res }): Context => {
      const caller = callers.get(req);
      if (!caller) throw new Error('A socket was connected past the session check.');
      return { ...caller.context, drained: () => drained(res) };
    },
    onError: ({ error, path }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR') log.error({ err: error.cause ?? error, path }, 'A procedure failed.');
    },
  });

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((thrown: unknown) => {
      log.error({ err: thrown }, 'A WebSocket could not be opened.');
      refuse(socket, '503 Service Unavailable');
    });
  };

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if ((request.url ?? '').split('?', 1)[0] !== '/trpc') return refuse(socket, '404 Not Found');
    if (!isOwnOrigin(request.headers, request.headers.host ?? '', config.publicUrl)) return refuse(socket, '403 Forbidden');
    const address = callerAddress(request, trust);
    const session = await findSession(check, request.headers, address);
    if (!session) return refuse(socket, '401 Unauthorized');
    const { identity } = session;
    const { sessionId } = identity;
    callers.set(request, {
      sessionId,
      context: {
        identity,
        installation,
        requestId: `socket-${sessionId.slice(0, 6)}`,
        address,
        drained: () => Promise.resolve(),
      },
    });
    sockets.handleUpgrade(request, socket, head, (client) => {
      users.set(client, identity.id);
      const ofSession = bySession.get(sessionId) ?? new Set();
      bySession.set(sessionId, ofSession.add(client));
      const recheck = setInterval(() => {
        findSession(check, request.headers, '').then(
          (now) => {
            if (now?.identity.sessionId !== sessionId) client.close(4401, 'The session has ended.');
            else if (!isSameRights(now.identity, identity)) client.close(1012, 'Rights have changed.');
          },
          () => undefined, // the database is away; the next round looks again
        );
      }, everyMs);
      client.on('close', () => {
        clearInterval(recheck);
        users.delete(client);
        ofSession.delete(client);
        if (ofSession.size === 0) bySession.delete(sessionId);
      });
      client.on('error', () => client.terminate());
      connected(client, request);
    });
  }

  // What a subscription may show was settled when it began: with other rights it must begin anew.
  const stopHearing = installation.grants.onChanged((userId) => {
    for (const [client, ofUser] of users) if (userId === null || userId === ofUser) client.close(1012, 'Rights have changed.');
  });
  const stopHearingEnds = installation.sessionEnds.onEnded((sessionIds) => {
    for (const id of sessionIds) for (const client of bySession.get(id) ?? []) client.close(4401, 'Signed out.');
  });
  server.on('upgrade', onUpgrade);
  return {
    async close() {
      stopHearing();
      stopHearingEnds();
      server.off('upgrade', onUpgrade);
      for (const client of sockets.clients) client.close(1001, 'The server is stopping.');
      const patience = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, 1_000);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearTimeout(patience);
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function drained(client: WebSocket): Promise<void> {
  while (client.bufferedAmount > highWater && client.readyState === client.OPEN) await new Promise((resolve) => setTimeout(resolve, 25));
}
