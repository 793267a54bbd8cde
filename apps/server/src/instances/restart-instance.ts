import { randomUUID } from 'node:crypto';
import type { HistoryEvent } from '@perdure/engine';
import { findInstance, readHistory } from '@perdure/database/read';
import { isPayloadRef, type Json } from '@perdure/graph';
import { withDeed } from '../audit/with-deed.ts';
import { actorOf, type Identity } from '../auth/identity.ts';
import { demandInstance, demandWorkflow } from '../auth/reach.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { isStorableText } from '../storable-text.ts';
import { isReservedTag } from './reserved-tags.ts';
import { type InstanceStart, startInstance } from './start-instance.ts';
import { unknownInstance } from './unknown-instance.ts';

export interface Restart {
  id: string;
  version: 'same' | 'latest' | number;
  /** Default: the original's. */
  input?: Json | undefined;
  reason: string;
  /** In the place of the original, which must have finished, instead of beside it. */
  sameId?: boolean;
}

/** Starts an instance again from its beginning, with its tags: another one that knows where it comes from, or in its own place. */
export async function restartInstance(installation: Installation, identity: Identity, restart: Restart): Promise<{ id: string }> {
  const { database, runtime } = installation;
  const { id, reason } = restart;
  await demandInstance(installation, identity, 'instance.operate', id);
  const original = isStorableText(id) ? await findInstance(database.prisma, id) : undefined;
  if (!original) throw unknownInstance(id);
  await demandWorkflow(installation, identity, 'instance.start', original.workflowKey);
  const started = (await readHistory(database.prisma, id, 0, 1))?.events[0];
  if (started?.type !== 'ExecutionStarted') throw new RequestError('unavailable', `The instance "${id}" has not started yet.`);
  // Entered by its first event; large values are kept aside, and checked and kept again like any other input.
  const given = isPayloadRef(started.input) ? await runtime.payloads.load(started.input.$payload) : started.input;
  const version = restart.version === 'latest' ? undefined : restart.version === 'same' ? original.version : restart.version;
  if (started.test && version !== original.version)
    throw new RequestError('input.invalid', 'A test run can be started again with the draft it was started from only.');
  const instanceId = restart.sameId ? id : randomUUID().replaceAll('-', '');
  const deed = { action: 'instance.restart', target: `instance:${id}`, reason, detail: { as: instanceId, version: restart.version } };
  const start = {
    workflowKey: original.workflowKey,
    version,
    input: restart.input === undefined ? (given ?? null) : restart.input,
    tags: original.tags.filter((tag) => !isReservedTag(tag)),
    startedBy: actorOf(identity),
    ...requestersOf(started, restart.input === undefined ? null : actorOf(identity)),
    ...(started.test && { test: started.test }),
    instanceId,
    ...(restart.sameId ? { replace: anyEnd } : { restartedFrom: id }),
  };
  await withDeed(installation, identity, deed, () => startInstance(installation, start));
  return { id: instanceId };
}

/** [H10] It is still the request of whoever made it first; and that of who gives it another input. */
function requestersOf(started: Extract<HistoryEvent, { type: 'ExecutionStarted' }>, editor: string | null): Requesters {
  const first = started.requester ?? (started.startedBy === 'workflow' ? undefined : started.startedBy);
  const others = new Set(started.coRequesters);
  if (editor !== null && editor !== first) others.add(editor);
  return { ...(first !== undefined && { requester: first }), ...(others.size > 0 && { coRequesters: [...others] }) };
}

type Requesters = Pick<InstanceStart, 'requester' | 'coRequesters'>;

const anyEnd = ['Completed', 'Failed', 'Terminated', 'Canceled'] as const;
