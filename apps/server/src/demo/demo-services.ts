/**
 * Stands in for outside systems in the samples: flights, hotels, payments and so on. The same request always gets the same answer, and
 * failures happen on demand: `failTimes=2` fails the first two attempts, `status` says with what, `delayMs` makes it slow.
 * A repetition with the same Idempotency-Key gets the first answer again. On in the embedded default only.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, JsonObject } from '@perdure/graph';
import { z } from 'zod';
import { RequestError } from '../errors/request-error.ts';
import { jsonValue } from '../trpc/json-value.ts';
import type { Routes } from '../http/route.ts';
import { boundedMap } from './bounded-map.ts';
import { demoAnswers } from './demo-answers.ts';

export const demoRoot = '/demo-services';

const controls = {
  failTimes: z.coerce.number().int().min(0).max(1_000).optional(),
  delayMs: z.coerce.number().int().min(0).max(60_000).optional(),
  status: z.coerce.number().int().min(400).max(599).optional(),
};

export function addDemoServices(routes: Routes): void {
  const answered = boundedMap<string, JsonObject>(10_000);
  const failures = boundedMap<string, number>(10_000);

  routes.add({
    method: 'POST',
    url: `${demoRoot}/:service`,
    access: 'public',
    docs: null,
    params: z.object({ service: z.string() }),
    query: z.strictObject(controls),
    body: jsonValue.optional(),
    handler: async ({ request, reply, params, query, body }) => {
      const answer = Object.hasOwn(demoAnswers, params.service) ? demoAnswers[params.service] : undefined;
      if (!answer)
        throw new RequestError(
          'route.unknown',
          `There is no demo service "${params.service}". There are: ${Object.keys(demoAnswers).join(', ')}.`,
        );
      const details: JsonObject = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
      const { failTimes = 0, delayMs = 0, status = 503 } = { ...readControls(details), ...withoutUndefined(query) };
      const sentKey = request.headers['idempotency-key'];
      const key = `${params.service} ${typeof sentKey === 'string' ? sentKey : digest(body ?? null)}`;
      if (delayMs > 0) await sleep(delayMs);

      const before = answered.get(key);
      if (before) return reply.header('idempotent-replayed', 'true').send(before);
      // The caller's own count, where it sends one: then a repeated first attempt fails like the first, also after a restart of this server.
      const attempt = readAttempt(request.headers[attemptHeader]) ?? (failures.get(key) ?? 0) + 1;
      if (attempt <= failTimes) {
        failures.set(key, attempt);
        return reply.code(status).send({
          error: { code: 'demo.failed', message: `The ${params.service} service fails on demand: attempt ${attempt} of ${failTimes}.` },
        });
      }
      const result = answer(details, digest(key));
      answered.set(key, result);
      return result;
    },
  });
}

/** Sent by the HTTP activity to `demo:` addresses. */
export const attemptHeader = 'perdure-attempt';

function readAttempt(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}

function readControls(body: JsonObject): z.output<z.ZodObject<typeof controls>> {
  const { failTimes, delayMs, status } = body;
  return withoutUndefined(z.object(controls).parse(withoutUndefined({ failTimes, delayMs, status })));
}

function withoutUndefined<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields; // absent instead of undefined
}

/** A number made of the request, for answers that look like real ones and never change. */
function digest(value: Json): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
