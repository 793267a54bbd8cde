/**
 * What the authorisation test needs to know of each procedure: a valid call, and what it is about, which settles what somebody is answered
 * whose role is held for another folder only. A procedure that has no entry here fails that test.
 */
import type { Json } from '@perdure/graph';
import type { Access } from '../auth/permissions.ts';

/** One workflow in a folder, an instance of it that waits, and the task it waits for. */
export interface Target {
  workflow: string;
  instance: string;
  task: string;
}

export interface ProcedureEntry {
  access: Exclude<Access, 'public'>;
  /**
   * workflow, instance, task: one that is out of reach is unknown · installation: needs the permission for all workflows ·
   * many: answers with what is within reach · nothing: needs no folder · self: about the caller's own account
   */
  about: 'workflow' | 'instance' | 'task' | 'installation' | 'many' | 'nothing' | 'self';
  input: (target: Target) => Json | undefined;
  /** The call changes what it is about: whoever may call it gets a target of their own. */
  spends?: true;
  /** Another permission it demands besides. */
  also?: Exclude<Access, 'public' | 'signed-in'>;
}

const read = (about: ProcedureEntry['about'], access: ProcedureEntry['access'], input: ProcedureEntry['input']): ProcedureEntry => ({
  access,
  about,
  input,
});
const change = (about: ProcedureEntry['about'], access: ProcedureEntry['access'], input: ProcedureEntry['input']): ProcedureEntry => ({
  access,
  about,
  input,
  spends: true,
});
const ofKey = ({ workflow }: Target): Json => ({ key: workflow });
const ofInstance = ({ instance }: Target): Json => ({ id: instance });
const ofTask = ({ task }: Target): Json => ({ id: task });
const withReason = ({ instance }: Target): Json => ({ id: instance, reason: 'test' });

const noSuch = '00000000-0000-4000-8000-000000000000';

/** Jobs are their maker's, or of who holds the right for all workflows: an unknown one is all that others see. */
const ofNoJob = (): Json => ({ id: noSuch });

const emptyType = { formatVersion: 1, operations: [] };

export const procedureEntries: Readonly<Record<string, ProcedureEntry>> = {
  'session.me': read('self', 'signed-in', () => undefined),
  'account.get': read('self', 'signed-in', () => undefined),
  'account.rename': read('self', 'signed-in', () => ({ name: 'Somebody' })),
  // That of another person is in people.test.ts.
  'account.endSession': read('self', 'signed-in', () => ({ id: 'no-such-session' })),
  'account.endOtherSessions': read('self', 'signed-in', () => ({})),
  'people.list': read('installation', 'admin', () => undefined),
  'people.invitations': read('installation', 'admin', () => undefined),
  'people.invite': read('installation', 'admin', () => ({ email: 'somebody@example.com', grants: [], groupIds: [] })),
  'people.inviteAgain': read('installation', 'admin', () => ({ id: 'no-such-invitation' })),
  'people.withdrawInvitation': read('installation', 'admin', () => ({ id: 'no-such-invitation' })),
  'people.setRoles': read('installation', 'admin', () => ({ id: 'nobody', grants: [] })),
  'people.setDisabled': read('installation', 'admin', () => ({ id: 'nobody', disabled: true })),
  'people.endSessions': read('installation', 'admin', () => ({ id: 'nobody' })),
  'people.resetLink': read('installation', 'admin', () => ({ id: 'nobody' })),
  'groups.list': read('installation', 'admin', () => undefined),
  'groups.save': read('installation', 'admin', () => ({ id: 'no-such-group', name: 'G', description: '', grants: [], memberIds: [] })),
  'groups.remove': read('installation', 'admin', () => ({ id: 'no-such-group' })),
  'apiKeys.list': read('installation', 'admin', () => undefined),
  'apiKeys.create': read('installation', 'admin', () => ({ name: 'k', permissions: ['instance.read'], folder: '', expiresAt: null })),
  'apiKeys.revoke': read('installation', 'admin', () => ({ id: 'no-such-key' })),
  'workflows.folders': read('many', 'workflow.read', () => undefined),
  'workflows.list': read('many', 'workflow.read', () => ({})),
  'workflows.get': read('workflow', 'workflow.read', ofKey),
  'workflows.create': read('nothing', 'workflow.edit', () => ({ title: 'Made by a test' })),
  'workflows.rename': change('workflow', 'workflow.edit', ({ workflow }) => ({ key: workflow, title: 'Renamed' })),
  'workflows.archive': change('workflow', 'workflow.edit', ofKey),
  'workflows.saveDraft': change('workflow', 'workflow.edit', ({ workflow }) => ({
    key: workflow,
    baseRevision: 1,
    document: { formatVersion: 1, nodes: [], edges: [] },
  })),
  'workflows.check': read('nothing', 'workflow.read', () => ({ document: { formatVersion: 1, nodes: [], edges: [] } })),
  'workflows.publish': change('workflow', 'workflow.publish', ({ workflow }) => ({ key: workflow, draftRevision: 1 })),
  'workflows.runDraft': {
    ...change('workflow', 'workflow.edit', ({ workflow }) => ({ key: workflow, draftRevision: 1 })),
    also: 'instance.start',
  },
  'workflows.runScenarios': {
    ...change('workflow', 'workflow.edit', ({ workflow }) => ({ key: workflow, draftRevision: 1 })),
    also: 'instance.start',
  },
  'workflows.scenarioOfRun': read('instance', 'instance.read', ({ instance }) => ({ instanceId: instance, pinsActivities: false })),
  'workflows.pastRun': read('workflow', 'instance.read', ofKey),
  'workflows.versions': read('workflow', 'workflow.read', ofKey),
  'workflows.version': read('workflow', 'workflow.read', ({ workflow }) => ({ key: workflow, version: 1 })),
  'workflows.describeVersion': change('workflow', 'workflow.publish', ({ workflow }) => ({
    key: workflow,
    version: 1,
    name: 'a',
    note: '',
  })),
  'workflows.lastRun': read('workflow', 'instance.read', ofKey),
  'workflows.presence': read('workflow', 'workflow.read', ({ workflow }) => ({ key: workflow, visit: 'visit-of-a-test', node: null })),
  'templates.list': read('nothing', 'workflow.read', () => undefined),
  'templates.get': read('nothing', 'workflow.read', () => ({ key: 'order-approval' })),
  'templates.use': read('nothing', 'workflow.edit', () => ({ template: 'order-approval', title: 'From a template', values: {} })),
  'expressions.preview': read('nothing', 'workflow.edit', () => ({ source: '1', data: null })),
  'instances.count': read('many', 'instance.read', () => ({})),
  'views.list': read('self', 'instance.read', () => undefined),
  'views.save': change('self', 'instance.read', () => ({ name: 'Mine', shared: false, search: { status: ['Failed'] } })),
  'views.remove': change('self', 'instance.read', () => ({ id: noSuch })),
  'guide.get': read('self', 'signed-in', () => undefined),
  'guide.skip': change('self', 'signed-in', () => ({ skipped: true })),
  'listSettings.get': read('self', 'signed-in', () => ({ list: 'instances' })),
  'listSettings.save': change('self', 'signed-in', () => ({
    list: 'instances',
    setting: { columns: ['status', 'id'], density: 'compact' },
  })),
  'dashboard.get': read('many', 'instance.read', () => ({ window: '24h' })),
  'incidents.list': read('many', 'instance.read', () => ({})),
  // Of no incident: which one may see is asked by its workflow, like the instances themselves.
  'incidents.get': read('nothing', 'instance.read', () => ({ fingerprint: 'none' })),
  'incidents.ignore': change('nothing', 'instance.operate', () => ({ fingerprint: 'none', reason: 'test' })),
  'incidents.heed': change('nothing', 'instance.operate', () => ({ fingerprint: 'none' })),
  'instances.list': read('many', 'instance.read', () => ({})),
  'instances.get': read('instance', 'instance.read', ofInstance),
  'instances.history': read('instance', 'instance.read', ofInstance),
  'instances.historyOutline': read('instance', 'instance.read', ofInstance),
  'instances.checkpointBefore': read('instance', 'instance.read', ({ instance }) => ({ id: instance, seq: 2 })),
  'instances.payload': read('instance', 'instance.read', ({ instance }) => ({ id: instance, hash: 'A'.repeat(43) })),
  'instances.children': read('instance', 'instance.read', ofInstance),
  'instances.tasks': read('instance', 'instance.read', ofInstance),
  'instances.watch': read('instance', 'instance.read', ofInstance),
  'instances.start': read('workflow', 'instance.start', ({ workflow }) => ({ workflowKey: workflow })),
  'instances.raiseEvent': change('instance', 'instance.operate', ({ instance }) => ({ id: instance, name: 'test', data: null })),
  'instances.suspend': change('instance', 'instance.operate', withReason),
  'instances.resume': change('instance', 'instance.operate', withReason),
  'instances.terminate': change('instance', 'instance.operate', ({ instance }) => ({ id: instance, reason: 'test', recursive: true })),
  'instances.retryStep': change('instance', 'instance.operate', ({ instance }) => ({ id: instance, step: 'ask#1', reason: 'test' })),
  'instances.rewind': change('instance', 'instance.operate', withReason),
  'instances.skipStep': change('instance', 'instance.operate', ({ instance }) => ({
    id: instance,
    step: 'ask#1',
    output: null,
    reason: 'test',
  })),
  'instances.setVariables': change('instance', 'instance.operate', ({ instance }) => ({ id: instance, values: { n: 1 }, reason: 'test' })),
  'instances.restart': {
    ...change('instance', 'instance.operate', ({ instance }) => ({ id: instance, version: 'same', reason: 'test' })),
    also: 'instance.start',
  },
  'instances.migrationPlan': read('instance', 'instance.operate', ({ instance }) => ({ id: instance, version: 2 })),
  'instances.migrate': change('instance', 'instance.operate', ({ instance }) => ({ id: instance, version: 2, reason: 'test' })),
  'instances.releaseStep': change('instance', 'instance.operate', ({ instance }) => ({ id: instance, step: 'ask' })),
  'instances.giveUpStep': change('instance', 'instance.operate', ({ instance }) => ({ id: instance, step: 'ask' })),
  'instances.purge': change('instance', 'instance.purge', ofInstance),
  'instances.purgeTests': read('workflow', 'instance.purge', ({ workflow }) => ({ workflowKey: workflow })),
  'tasks.list': read('many', 'task.read', () => ({ view: 'all' })),
  'tasks.counts': read('many', 'task.read', () => undefined),
  'tasks.get': read('task', 'task.read', ofTask),
  'tasks.assign': change('task', 'task.assign', ({ task }) => ({ id: task, to: 'nobody' })),
  'tasks.delegate': change('task', 'task.decide', ({ task }) => ({ id: task, to: 'nobody' })),
  'tasks.candidatesFor': read('task', 'task.decide', ofTask),
  'tasks.bulkPreview': read('many', 'task.decide', ({ task }) => ({ ids: [task] })),
  'tasks.bulkDecide': { ...change('many', 'task.decide', ({ task }) => ({ ids: [task], outcome: 'done' })) },
  'tasks.followUp': change('task', 'task.read', ({ task }) => ({ id: task, at: '2030-01-01T00:00:00Z' })),
  'tasks.comments': read('task', 'task.read', ofTask),
  'tasks.comment': change('task', 'task.read', ({ task }) => ({ id: task, text: 'Looks right.', mentions: [] })),
  'tasks.removeFile': change('task', 'task.decide', ({ task }) => ({ id: task, file: 'none' })),
  'tasks.webhookKey': read('installation', 'admin', ({ workflow }) => ({ workflowKey: workflow, renew: false })),
  'tasks.claim': change('task', 'task.decide', ofTask),
  'tasks.release': change('task', 'task.decide', ofTask),
  'tasks.saveDraft': change('task', 'task.decide', ({ task }) => ({ id: task, data: {} })),
  'tasks.decide': change('task', 'task.decide', ({ task }) => ({ id: task, outcome: 'done', data: {} })),
  'entities.list': read('installation', 'instance.read', () => ({})),
  'entities.get': read('installation', 'instance.read', () => ({ name: 'account', key: 'nobody' })),
  'entities.signal': read('installation', 'instance.operate', () => ({ name: 'no-such-type', key: 'a', operation: 'set', input: null })),
  'entityTypes.list': read('nothing', 'workflow.read', () => undefined),
  'entityTypes.get': read('nothing', 'workflow.read', () => ({ name: 'account' })),
  'entityTypes.save': read('installation', 'workflow.edit', () => ({ name: 'of-a-test', baseVersion: 7, title: 'T', document: emptyType })),
  'entityTypes.check': read('nothing', 'workflow.read', () => ({ document: emptyType })),
  'entityTypes.archive': read('installation', 'workflow.edit', () => ({ name: 'no-such-type' })),
  'audit.list': read('installation', 'audit.read', () => ({})),
  'audit.choices': read('installation', 'audit.read', () => undefined),
  'retention.list': read('installation', 'admin', () => undefined),
  'retention.preview': read('installation', 'admin', () => ({ workflowKey: null, status: 'Completed', afterDays: 30 })),
  'retention.add': read('installation', 'admin', () => ({
    workflowKey: 'no-such-workflow',
    statuses: ['Completed'],
    afterDays: 30,
    archive: false,
    reason: 'r',
  })),
  'retention.change': read('installation', 'admin', () => ({ id: noSuch, afterDays: 30, archive: false, reason: 'r' })),
  'retention.remove': read('installation', 'admin', () => ({ id: noSuch, reason: 'r' })),
  'instances.countFinished': read('many', 'instance.read', () => ({})),
  'alerts.list': read('installation', 'admin', () => undefined),
  'alerts.save': read('installation', 'admin', () => ({
    name: 'Failures',
    kind: 'failure-rate',
    workflowKey: null,
    threshold: 10,
    minimum: 5,
    windowSeconds: 900,
    cooldownSeconds: 0,
    remindEverySeconds: null,
    tellResolved: true,
    emails: ['somebody@example.com'],
    webhookUrl: null,
    enabled: true,
  })),
  // Of none there is: it says so to whoever may ask.
  'alerts.remove': read('installation', 'admin', () => ({ id: 'none' })),
  'alerts.test': read('installation', 'admin', () => ({ id: 'none' })),
  'alerts.webhookKey': read('installation', 'admin', () => ({ id: 'none', renew: false })),
  'notifications.get': read('self', 'signed-in', () => undefined),
  'notifications.set': read('self', 'signed-in', () => ({ kind: 'task.new', channel: 'email' })),
  'bulk.preview': read('many', 'instance.operate', () => ({ request: { action: 'terminate', recursive: false }, filter: {} })),
  // That a job reaches only what its maker may operate is in bulk.test.ts.
  'bulk.create': read('nothing', 'instance.operate', () => ({
    request: { action: 'suspend' },
    filter: { ids: [] },
    reason: '',
    asOf: '2026-01-01T00:00:00Z',
    expected: 0,
  })),
  'bulk.list': read('many', 'instance.read', () => undefined),
  'bulk.get': read('nothing', 'instance.read', ofNoJob),
  'bulk.items': read('nothing', 'instance.read', ofNoJob),
  'bulk.became': read('nothing', 'instance.read', ofNoJob),
  'bulk.pause': read('nothing', 'instance.operate', ofNoJob),
  'bulk.resume': read('nothing', 'instance.operate', ofNoJob),
  'bulk.stop': read('nothing', 'instance.operate', ofNoJob),
  'bulk.retryFailed': read('nothing', 'instance.operate', ofNoJob),
  'feed.watch': read('self', 'signed-in', () => undefined),
};
