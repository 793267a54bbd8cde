/** An instance's history as server-sent events, for API clients. The web app uses one WebSocket per tab instead. */
import { once } from 'node:events';
import { isFinal } from '@perdure/engine';
import { findInstance } from '@perdure/database/read';
import { z } from 'zod';
import { RequestError } from '../errors/request-error.ts';
import { instanceUpdates } from '../instances/instance-updates.ts';
import { unknownInstance } from '../instances/unknown-instance.ts';
import { readSeq } from '../stored-values.ts';
import { whenCallerChanges } from '../auth/when-caller-changes.ts';
import { identityOf, type Routes } from './route.ts';
import { demandInstance } from '../auth/reach.ts';
import { maskOfInstance } from '../sensitive/mask-of-instance.ts';

export const heartbeatMs = 15_000;

export function addInstanceEvents(routes: Routes, closing: AbortSignal): void {
  routes.add({
    method: 'GET',
    url: '/api/instances/:id/events',
    access: 'instance.read',
    compress: false,
    docs: {
      summary:
        'History of an instance as server-sent events: `event: history`, `id` is the seq, `data` the event; `event: end` once it has finished',
      answers: {
        200: 'The stream. Last-Event-ID (or lastEventId) resumes behind that seq.',
        204: 'It has finished and there is nothing behind Last-Event-ID.',
        404: 'Unknown instance.',
      },
    },
    params: z.object({ id: z.string() }),
    query: z.strictObject({ lastEventId: z.string().optional() }),
    handler: async ({ installation, request, reply, params, query, identity }) => {
      await demandInstance(installation, identityOf(identity), 'instance.read', params.id);
      const afterSeq = resumeAfter(request.headers['last-event-id'] ?? query.lastEventId);
      const record = await findInstance(installation.database.prisma, params.id);
      if (!record) throw unknownInstance(params.id);
      // A browser's EventSource reconnects for ever unless it is told that there is nothing more.
      if (isFinal(record.storedStatus) && afterSeq >= record.seq) return reply.code(204).send();

      const stop = new AbortController();
      const signal = AbortSignal.any([stop.signal, closing]);
      const forgetCaller = whenCallerChanges(installation, identityOf(identity), () => stop.abort());
      reply.hijack();
      const { raw } = reply;
      raw.on('close', () => stop.abort());
      raw.writeHead(200, {
        ...withoutUndefined(reply.getHeaders()),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      raw.write('retry: 2000\n\n');
      const heartbeat = setInterval(() => raw.write(': still here\n\n'), heartbeatMs);
      try {
        for await (const update of instanceUpdates(installation, params.id, afterSeq, signal)) {
          // What is sensitive may have come with these very events.
          const mask = await maskOfInstance(installation, identityOf(identity), params.id);
          for (const event of mask(update.events)) {
            const taken = raw.write(`id: ${event.seq}\nevent: history\ndata: ${JSON.stringify(event)}\n\n`);
            // A slow reader is waited for; meanwhile nothing more is read for it.
            if (!taken && !signal.aborted) await once(raw, 'drain', { signal });
          }
        }
        if (!signal.aborted) raw.write('event: end\ndata: {}\n\n');
      } catch (thrown) {
        if (!signal.aborted) request.log.error({ err: thrown }, 'A stream of instance events broke off.');
      } finally {
        clearInterval(heartbeat);
        forgetCaller();
        raw.end();
      }
      return reply;
    },
  });
}

function resumeAfter(text: string | string[] | undefined): number {
  if (text === undefined || text === '') return 0;
  const seq = typeof text === 'string' ? readSeq(text) : undefined;
  if (seq !== undefined) return seq;
  throw new RequestError('input.invalid', 'Last-Event-ID is not a seq.', {
    details: [{ field: 'lastEventId', message: 'Use the id of the last event you got.' }],
  });
}

function withoutUndefined(headers: Record<string, number | string | string[] | undefined>): Record<string, number | string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, number | string | string[]] => entry[1] !== undefined),
  );
}
