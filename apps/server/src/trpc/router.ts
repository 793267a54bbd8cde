/** Assembles the procedures; nothing else. */
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { router } from './base.ts';
import { add as addRetention } from './procedures/retention/add.ts';
import { change as changeRetention } from './procedures/retention/change.ts';
import { list as listRetention } from './procedures/retention/list.ts';
import { preview as previewRetention } from './procedures/retention/preview.ts';
import { remove as removeRetention } from './procedures/retention/remove.ts';
import { list as listAlerts } from './procedures/alerts/list.ts';
import { remove as removeAlert } from './procedures/alerts/remove.ts';
import { save as saveAlert } from './procedures/alerts/save.ts';
import { test as testAlert } from './procedures/alerts/test.ts';
import { webhookKey as alertWebhookKey } from './procedures/alerts/webhook-key.ts';
import { get as getNotifications } from './procedures/notifications/get.ts';
import { set as setNotification } from './procedures/notifications/set.ts';
import { became as becameBulk } from './procedures/bulk/became.ts';
import { create as createBulk } from './procedures/bulk/create.ts';
import { get as getBulk } from './procedures/bulk/get.ts';
import { items as itemsBulk } from './procedures/bulk/items.ts';
import { list as listBulk } from './procedures/bulk/list.ts';
import { pause as pauseBulk } from './procedures/bulk/pause.ts';
import { preview as previewBulk } from './procedures/bulk/preview.ts';
import { resume as resumeBulk } from './procedures/bulk/resume.ts';
import { retryFailed as retryFailedBulk } from './procedures/bulk/retry-failed.ts';
import { stop as stopBulk } from './procedures/bulk/stop.ts';
import { choices as auditChoices } from './procedures/audit/choices.ts';
import { list as listAudit } from './procedures/audit/list.ts';
import { endOtherSessions } from './procedures/account/end-other-sessions.ts';
import { endSession } from './procedures/account/end-session.ts';
import { get as getAccount } from './procedures/account/get.ts';
import { rename as renameAccount } from './procedures/account/rename.ts';
import { create as createApiKey } from './procedures/api-keys/create.ts';
import { list as listApiKeys } from './procedures/api-keys/list.ts';
import { revoke as revokeApiKey } from './procedures/api-keys/revoke.ts';
import { list as listGroups } from './procedures/groups/list.ts';
import { remove as removeGroup } from './procedures/groups/remove.ts';
import { save as saveGroup } from './procedures/groups/save.ts';
import { endSessions } from './procedures/people/end-sessions.ts';
import { invitations } from './procedures/people/invitations.ts';
import { invite } from './procedures/people/invite.ts';
import { inviteAgain } from './procedures/people/invite-again.ts';
import { list as listPeople } from './procedures/people/list.ts';
import { resetLink } from './procedures/people/reset-link.ts';
import { setDisabled } from './procedures/people/set-disabled.ts';
import { setRoles } from './procedures/people/set-roles.ts';
import { withdrawInvitation } from './procedures/people/withdraw-invitation.ts';
import { folders } from './procedures/workflows/folders.ts';
import { get as getDashboard } from './procedures/dashboard/get.ts';
import { get as getEntity } from './procedures/entities/get.ts';
import { list as listEntities } from './procedures/entities/list.ts';
import { signal as signalEntity } from './procedures/entities/signal.ts';
import { archive as archiveEntityType } from './procedures/entity-types/archive.ts';
import { check as checkEntityType } from './procedures/entity-types/check.ts';
import { get as getEntityType } from './procedures/entity-types/get.ts';
import { list as listEntityTypes } from './procedures/entity-types/list.ts';
import { save as saveEntityType } from './procedures/entity-types/save.ts';
import { preview } from './procedures/expressions/preview.ts';
import { watch as watchFeed } from './procedures/feed/watch.ts';
import { get as getGuide } from './procedures/guide/get.ts';
import { skip as skipGuide } from './procedures/guide/skip.ts';
import { checkpointBefore } from './procedures/instances/checkpoint-before.ts';
import { get as getIncident } from './procedures/incidents/get.ts';
import { heed as heedIncident } from './procedures/incidents/heed.ts';
import { ignore as ignoreIncident } from './procedures/incidents/ignore.ts';
import { list as listIncidents } from './procedures/incidents/list.ts';
import { count as countInstances } from './procedures/instances/count.ts';
import { countFinished } from './procedures/instances/count-finished.ts';
import { get as getInstance } from './procedures/instances/get.ts';
import { history } from './procedures/instances/history.ts';
import { historyOutline } from './procedures/instances/history-outline.ts';
import { list as listInstances } from './procedures/instances/list.ts';
import { migrate } from './procedures/instances/migrate.ts';
import { migrationPlan } from './procedures/instances/migration-plan.ts';
import { payload } from './procedures/instances/payload.ts';
import { purge } from './procedures/instances/purge.ts';
import { children as childrenOfInstance } from './procedures/instances/children.ts';
import { tasks as tasksOfInstance } from './procedures/instances/tasks.ts';
import { purgeTests } from './procedures/instances/purge-tests.ts';
import { raiseEvent } from './procedures/instances/raise-event.ts';
import { resume } from './procedures/instances/resume.ts';
import { start } from './procedures/instances/start.ts';
import { giveUpStep } from './procedures/instances/give-up-step.ts';
import { releaseStep } from './procedures/instances/release-step.ts';
import { restart } from './procedures/instances/restart.ts';
import { retryStep } from './procedures/instances/retry-step.ts';
import { rewind } from './procedures/instances/rewind.ts';
import { setVariables } from './procedures/instances/set-variables.ts';
import { skipStep } from './procedures/instances/skip-step.ts';
import { suspend } from './procedures/instances/suspend.ts';
import { terminate } from './procedures/instances/terminate.ts';
import { watch as watchInstance } from './procedures/instances/watch.ts';
import { get as getListSetting } from './procedures/list-settings/get.ts';
import { save as saveListSetting } from './procedures/list-settings/save.ts';
import { me } from './procedures/session/me.ts';
import { assign } from './procedures/tasks/assign.ts';
import { bulkDecide } from './procedures/tasks/bulk-decide.ts';
import { bulkPreview } from './procedures/tasks/bulk-preview.ts';
import { candidatesFor } from './procedures/tasks/candidates-for.ts';
import { claim } from './procedures/tasks/claim.ts';
import { comment } from './procedures/tasks/comment.ts';
import { comments } from './procedures/tasks/comments.ts';
import { counts } from './procedures/tasks/counts.ts';
import { decide } from './procedures/tasks/decide.ts';
import { delegate } from './procedures/tasks/delegate.ts';
import { followUp } from './procedures/tasks/follow-up.ts';
import { get as getTask } from './procedures/tasks/get.ts';
import { list as listTasks } from './procedures/tasks/list.ts';
import { release } from './procedures/tasks/release.ts';
import { removeFile } from './procedures/tasks/remove-file.ts';
import { webhookKey as taskWebhookKey } from './procedures/tasks/webhook-key.ts';
import { saveDraft as saveTaskDraft } from './procedures/tasks/save-draft.ts';
import { get as getTemplate } from './procedures/templates/get.ts';
import { list as listTemplates } from './procedures/templates/list.ts';
import { use as useTemplate } from './procedures/templates/use.ts';
import { list as listViews } from './procedures/views/list.ts';
import { remove as removeView } from './procedures/views/remove.ts';
import { save as saveView } from './procedures/views/save.ts';
import { archive } from './procedures/workflows/archive.ts';
import { check } from './procedures/workflows/check.ts';
import { create } from './procedures/workflows/create.ts';
import { describeVersion } from './procedures/workflows/describe-version.ts';
import { get as getWorkflow } from './procedures/workflows/get.ts';
import { lastRun } from './procedures/workflows/last-run.ts';
import { list as listWorkflows } from './procedures/workflows/list.ts';
import { presence } from './procedures/workflows/presence.ts';
import { pastRun } from './procedures/workflows/past-run.ts';
import { publish } from './procedures/workflows/publish.ts';
import { rename } from './procedures/workflows/rename.ts';
import { runDraft } from './procedures/workflows/run-draft.ts';
import { runScenarios } from './procedures/workflows/run-scenarios.ts';
import { saveDraft } from './procedures/workflows/save-draft.ts';
import { scenarioOfRun } from './procedures/workflows/scenario-of-run.ts';
import { version } from './procedures/workflows/version.ts';
import { versions } from './procedures/workflows/versions.ts';
import type { AppRouter } from './router-type.ts';

export const appRouter = router({
  session: { me },
  account: { get: getAccount, rename: renameAccount, endSession, endOtherSessions },
  people: {
    list: listPeople,
    invitations,
    invite,
    inviteAgain,
    withdrawInvitation,
    setRoles,
    setDisabled,
    endSessions,
    resetLink,
  },
  groups: { list: listGroups, save: saveGroup, remove: removeGroup },
  apiKeys: { list: listApiKeys, create: createApiKey, revoke: revokeApiKey },
  workflows: {
    folders,
    list: listWorkflows,
    get: getWorkflow,
    create,
    rename,
    archive,
    saveDraft,
    check,
    publish,
    runDraft,
    runScenarios,
    scenarioOfRun,
    pastRun,
    versions,
    version,
    describeVersion,
    lastRun,
    presence,
  },
  templates: { list: listTemplates, get: getTemplate, use: useTemplate },
  expressions: { preview },
  instances: {
    list: listInstances,
    count: countInstances,
    countFinished,
    get: getInstance,
    history,
    historyOutline,
    checkpointBefore,
    payload,
    children: childrenOfInstance,
    tasks: tasksOfInstance,
    watch: watchInstance,
    start,
    raiseEvent,
    suspend,
    resume,
    terminate,
    releaseStep,
    giveUpStep,
    retryStep,
    rewind,
    skipStep,
    setVariables,
    restart,
    migrationPlan,
    migrate,
    purge,
    purgeTests,
  },
  views: { list: listViews, save: saveView, remove: removeView },
  listSettings: { get: getListSetting, save: saveListSetting },
  dashboard: { get: getDashboard },
  incidents: { list: listIncidents, get: getIncident, ignore: ignoreIncident, heed: heedIncident },
  tasks: {
    list: listTasks,
    counts,
    get: getTask,
    claim,
    release,
    assign,
    delegate,
    candidatesFor,
    saveDraft: saveTaskDraft,
    decide,
    bulkPreview,
    bulkDecide,
    followUp,
    comments,
    comment,
    removeFile,
    webhookKey: taskWebhookKey,
  },
  entities: { list: listEntities, get: getEntity, signal: signalEntity },
  entityTypes: { list: listEntityTypes, get: getEntityType, save: saveEntityType, check: checkEntityType, archive: archiveEntityType },
  audit: { list: listAudit, choices: auditChoices },
  retention: {
    list: listRetention,
    preview: previewRetention,
    add: addRetention,
    change: changeRetention,
    remove: removeRetention,
  },
  alerts: { list: listAlerts, save: saveAlert, remove: removeAlert, test: testAlert, webhookKey: alertWebhookKey },
  notifications: { get: getNotifications, set: setNotification },
  bulk: router({
    preview: previewBulk,
    create: createBulk,
    list: listBulk,
    get: getBulk,
    items: itemsBulk,
    became: becameBulk,
    pause: pauseBulk,
    resume: resumeBulk,
    stop: stopBulk,
    retryFailed: retryFailedBulk,
  }),
  feed: { watch: watchFeed },
  guide: { get: getGuide, skip: skipGuide },
});

// The web app compiles against router-type.ts. Whatever that lets it send must be accepted here, and whatever is answered must be what it says.
type Real = typeof appRouter;
type Accepts = inferRouterInputs<AppRouter> extends inferRouterInputs<Real> ? true : never;
type Answers = inferRouterOutputs<Real> extends inferRouterOutputs<AppRouter> ? true : never;
type SameNames = keyof inferRouterInputs<Real> extends keyof inferRouterInputs<AppRouter> ? true : never;
const contractHolds: [Accepts, Answers, SameNames] = [true, true, true];
void contractHolds;
