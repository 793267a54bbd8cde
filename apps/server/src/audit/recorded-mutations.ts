/**
 * What each tRPC mutation leaves in the audit log. A mutation that is missing here does not compile; one that does not record what it says
 * here is a fault: the log of the server tells it, and the test server fails (test-support/test-server.ts), whichever test called it.
 */
import type { TRPCMutationProcedure } from '@trpc/server';
import { deedsOfRequest } from '@perdure/database/write';
import type { Installation } from '../installation.ts';
import type { AppRouterRecord } from '../trpc/router-type.ts';

type PathsOf<Group extends keyof AppRouterRecord> = {
  [Name in keyof AppRouterRecord[Group] & string]: AppRouterRecord[Group][Name] extends TRPCMutationProcedure<infer _>
    ? `${Group}.${Name}`
    : never;
}[keyof AppRouterRecord[Group] & string];
type MutationPath = { [Group in keyof AppRouterRecord]: PathsOf<Group> }[keyof AppRouterRecord];

/** The action (or one of them), or why there is none. */
type Recording = string | readonly string[] | { nothing: string };

const readsOnly = { nothing: 'It changes nothing; it is a mutation because its input is large.' };

export const recordedMutations: Readonly<Record<MutationPath, Recording>> = {
  'account.rename': 'account.rename',
  'account.endSession': 'session.end',
  'account.endOtherSessions': 'session.end',
  'people.invite': 'people.invite',
  'people.inviteAgain': 'people.resend-invitation',
  'people.withdrawInvitation': 'people.revoke-invitation',
  'people.setRoles': 'people.set-roles',
  'people.setDisabled': ['people.disable', 'people.enable'],
  'people.endSessions': 'session.end',
  'people.resetLink': 'people.reset-link',
  'groups.save': ['group.create', 'group.save'],
  'groups.remove': 'group.remove',
  'apiKeys.create': 'api-key.create',
  'apiKeys.revoke': 'api-key.revoke',
  'workflows.create': 'workflow.create',
  'workflows.rename': 'workflow.rename',
  'workflows.archive': 'workflow.archive',
  'workflows.saveDraft': 'workflow.save-draft',
  'workflows.check': readsOnly,
  'workflows.publish': 'workflow.publish',
  'workflows.runDraft': 'workflow.run-draft',
  'workflows.runScenarios': 'workflow.run-scenarios',
  'workflows.describeVersion': 'workflow.describe-version',
  'templates.use': 'template.use',
  'expressions.preview': readsOnly,
  'instances.start': 'instance.start',
  'instances.raiseEvent': 'instance.raise-event',
  'instances.suspend': 'instance.suspend',
  'instances.resume': 'instance.resume',
  'instances.terminate': 'instance.terminate',
  'instances.releaseStep': 'instance.release',
  'instances.giveUpStep': 'instance.give-up',
  'instances.retryStep': 'instance.retry-step',
  'instances.rewind': 'instance.rewind',
  'instances.skipStep': 'instance.skip-step',
  'instances.setVariables': 'instance.set-variables',
  'instances.restart': 'instance.restart',
  'instances.migrate': 'instance.migrate',
  'instances.purge': 'instance.purge',
  'instances.purgeTests': 'instance.purge-tests',
  'tasks.claim': 'task.claim',
  'tasks.release': 'task.release',
  'tasks.saveDraft': { nothing: 'What a person types before deciding is theirs alone (docs/decisions/0034).' },
  'tasks.decide': 'task.decide',
  'tasks.assign': 'task.assign',
  'tasks.delegate': 'task.delegate',
  'tasks.bulkDecide': { nothing: 'Every task that was decided has an entry of its own, task.decide; there may be none.' },
  'tasks.followUp': { nothing: 'What a person puts off is theirs alone, and changes nothing for anybody else.' },
  'tasks.comment': 'task.comment',
  'tasks.removeFile': 'task.remove-file',
  'tasks.webhookKey': ['workflow.show-webhook-key', 'workflow.renew-webhook-key'],
  'entities.signal': 'entity.signal',
  'entityTypes.save': 'entity-type.save',
  'entityTypes.check': readsOnly,
  'entityTypes.archive': 'entity-type.archive',
  'views.save': 'view.save',
  'views.remove': 'view.remove',
  'guide.skip': { nothing: 'It changes what its owner sees first, and nothing else.' },
  'listSettings.save': { nothing: 'It changes how its owner sees a list, and nothing else.' },
  'incidents.ignore': 'incident.ignore',
  'incidents.heed': 'incident.heed',
  'alerts.save': ['alert.create', 'alert.change'],
  'alerts.remove': 'alert.delete',
  'alerts.test': 'alert.test',
  'alerts.webhookKey': ['alert.show-key', 'alert.renew-key'],
  'retention.add': 'retention.create',
  'retention.change': 'retention.change',
  'retention.remove': 'retention.remove',
  'notifications.set': 'notifications.set',
  'bulk.create': 'bulk.create',
  'bulk.pause': 'bulk.pause',
  'bulk.resume': 'bulk.resume',
  'bulk.stop': 'bulk.stop',
  'bulk.retryFailed': 'bulk.retry-failed',
};

/** Called when a mutation has succeeded, within its request. An answer of `{ ok: false }` tells that nothing was done. */
export function checkRecorded(installation: Pick<Installation, 'unrecorded'>, path: string, answer: unknown): void {
  const recording = (recordedMutations as Readonly<Record<string, Recording>>)[path];
  if (typeof recording === 'object' && 'nothing' in recording) return;
  if (typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === false) return;
  const actions = typeof recording === 'string' ? [recording] : (recording ?? []);
  if (!deedsOfRequest().some((action) => actions.includes(action))) installation.unrecorded(path);
}
