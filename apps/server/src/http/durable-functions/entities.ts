import { type EntityRecord, findEntity, listEntities } from '@perdure/database/read';
import type { Json } from '@perdure/graph';
import { z } from 'zod';
import { readEntityCursor, writeEntityCursor } from '../../entities/entity-cursor.ts';
import { signalEntity } from '../../entities/signal-entity.ts';
import { unknownEntity } from '../../entities/unknown-entity.ts';
import type { Installation } from '../../installation.ts';
import { withPayloads } from '../../instances/payloads.ts';
import { isStorableText } from '../../storable-text.ts';
import { jsonValue } from '../../trpc/json-value.ts';
import { bodyLimits, identityOf, type RouteCall, type Routes } from '../route.ts';
import { durableFunctionsRoot } from './management-links.ts';
import { commonQuery, flag, moment } from './query-values.ts';
import { demandForAll } from '../../auth/identity.ts';

const continuation = 'x-ms-continuation-token';
const root = `${durableFunctionsRoot}/entities`;

export function addEntities(routes: Routes): void {
  addSignal(routes);
  addRead(routes);
  addLists(routes);
}

function addSignal(routes: Routes): void {
  routes.add({
    method: 'POST',
    url: `${root}/:entityName/:entityKey`,
    access: 'instance.operate',
    bodyLimit: bodyLimits.payloads,
    docs: {
      summary: 'Signal an operation of an entity; the body is its input',
      answers: {
        202: 'Stored. The operation is applied when the entity comes to it.',
        400: 'The body is not JSON, the key cannot be one, or `op` is missing.',
        404: 'Unknown entity type.',
      },
    },
    params: z.object({ entityName: z.string(), entityKey: z.string() }),
    query: z.strictObject({ ...commonQuery, op: z.string().min(1, 'Name the operation.').max(64) }),
    body: jsonValue.optional(),
    handler: async ({ installation, reply, params: { entityName, entityKey }, query: { op }, body = null, identity }) => {
      demandForAll(identityOf(identity), 'instance.operate');
      const signal = { name: entityName, key: entityKey, operation: op, input: body, at: null };
      await signalEntity(installation, identityOf(identity), signal);
      return reply.code(202).send();
    },
  });
}

function addRead(routes: Routes): void {
  routes.add({
    method: 'GET',
    url: `${root}/:entityName/:entityKey`,
    access: 'instance.read',
    docs: { summary: 'State of an entity', answers: { 200: 'The state.', 404: 'There is no such entity, or it has no state.' } },
    params: z.object({ entityName: z.string(), entityKey: z.string() }),
    query: z.strictObject(commonQuery),
    handler: async ({ installation, reply, params: { entityName, entityKey }, identity }) => {
      demandForAll(identityOf(identity), 'instance.read');
      const { prisma } = installation.database;
      const known = isStorableText(entityName) && isStorableText(entityKey);
      const record = known ? await findEntity(prisma, entityName, entityKey) : undefined;
      if (record?.exists !== true) throw unknownEntity(entityName, entityKey);
      const state = await withPayloads(record.state, installation.runtime.payloads);
      // A text or null as it is, not as JSON, is what the framework would send.
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(state));
    },
  });
}

const count = z
  .string()
  .regex(/^\d{1,6}$/, 'Use a number.')
  .transform(Number);

const listQuery = z.strictObject({
  ...commonQuery,
  fetchState: flag.optional(),
  lastOperationTimeFrom: moment.optional(),
  lastOperationTimeTo: moment.optional(),
  pageSize: count.optional(),
  top: count.optional(),
});

function addLists(routes: Routes): void {
  const answers = { 200: `The page. The header ${continuation}, when present, asks for the next one.` };
  routes.add({
    method: 'GET',
    url: root,
    access: 'instance.read',
    docs: { summary: 'Entities, a page at a time', answers },
    query: listQuery,
    handler: (call) => sendPage(call, undefined),
  });
  routes.add({
    method: 'GET',
    url: `${root}/:entityName`,
    access: 'instance.read',
    docs: { summary: 'Entities of a type, a page at a time', answers },
    params: z.object({ entityName: z.string() }),
    query: listQuery,
    handler: (call) => sendPage(call, call.params.entityName),
  });
}

async function sendPage(
  { installation, request, reply, query, identity }: RouteCall<unknown, z.output<typeof listQuery>, unknown>,
  name: string | undefined,
): Promise<Json[]> {
  demandForAll(identityOf(identity), 'instance.read');
  if (name !== undefined && !isStorableText(name)) return [];
  const token = request.headers[continuation];
  const { rows, more } = await listEntities(
    installation.database.prisma,
    { name, lastOperationAfter: query.lastOperationTimeFrom, lastOperationBefore: query.lastOperationTimeTo },
    {
      after: typeof token === 'string' && token !== '' ? readEntityCursor(token) : null,
      limit: Math.min(Math.max(query.pageSize ?? query.top ?? 100, 1), 1_000),
    },
  );
  const last = rows.at(-1);
  if (more && last) reply.header(continuation, writeEntityCursor(last.id));
  return Promise.all(rows.map((row) => listed(installation, row, query.fetchState ?? false)));
}

async function listed({ runtime }: Installation, record: EntityRecord, fetchState: boolean): Promise<Json> {
  const { name, key, lastOperationAt, state } = record;
  return {
    entityId: { name, key },
    lastOperationTime: new Date(lastOperationAt ?? record.createdAt).toISOString(),
    ...(fetchState ? { state: await withPayloads(state, runtime.payloads) } : {}),
  };
}
