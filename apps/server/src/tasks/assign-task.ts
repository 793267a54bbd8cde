import { withDeed } from '../audit/with-deed.ts';
import { actorOf, type Identity } from '../auth/identity.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { decidersNamed } from './candidates-for.ts';
import { findTask } from './find-task.ts';
import { sendToTask } from './send-to-task.ts';

/** Gives the task to somebody else: any seat by who may assign, one's own by who holds it. The person need not be a candidate. */
export async function assignTask(
  installation: Installation,
  identity: Identity,
  {
    id,
    to,
    from,
    note,
    kind,
  }: { id: string; to: string; from?: string | undefined; note?: string | undefined; kind: 'assigned' | 'delegated' },
): Promise<void> {
  const task = await findTask(installation, identity, id, kind === 'assigned' ? 'task.assign' : 'task.decide');
  const [person] = await decidersNamed(installation, task, { ids: [to] });
  if (!person) throw new RequestError('task.unknown-person', 'There is no such person, or they may not decide tasks of this workflow.');
  const deed = {
    action: kind === 'assigned' ? 'task.assign' : 'task.delegate',
    target: `task:${task.id}`,
    detail: { instance: task.instanceId, to },
  };
  await withDeed(installation, identity, deed, () =>
    sendToTask(installation, identity, task, {
      type: 'AssignHumanTask',
      to,
      aliases: [person.id.toLowerCase(), person.email.toLowerCase()],
      from: kind === 'delegated' ? actorOf(identity) : (from ?? null),
      note: note?.trim() || null,
      kind,
    }),
  );
}
