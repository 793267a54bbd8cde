/**
 * Moving an instance to another version of its workflow. It is checked for where the instance stands; should it go on meanwhile, the engine
 * refuses the command and it is checked again.
 */
import { type InstanceState, instanceId, isFinal } from '@perdure/engine';
import { findVersion } from '@perdure/database/read';
import type { MigrationAnswer } from '@perdure/graph';
import { withDeed } from '../audit/with-deed.ts';
import { actorOf, type Identity } from '../auth/identity.ts';
import { demandInstance } from '../auth/reach.ts';
import { accepted } from '../errors/refusal.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { isStorableText } from '../storable-text.ts';
import type { MigrationPlan } from '../trpc/contract/instances.ts';
import { runningFrames } from './running-frames.ts';
import { sendCommand } from './send-command.ts';
import { unknownInstance } from './unknown-instance.ts';

export interface Migration {
  id: string;
  version: number;
  mapping?: Record<string, string> | undefined;
}

export async function planMigration(installation: Installation, identity: Identity, migration: Migration): Promise<MigrationPlan> {
  await demandInstance(installation, identity, 'instance.operate', migration.id);
  return planOf(migration.version, await check(installation, migration));
}

/** Refuses with the problems. A failed instance is rewound with it, and goes on in the new version. */
export async function migrateInstance(
  installation: Installation,
  identity: Identity,
  migration: Migration & { reason: string },
): Promise<void> {
  const { id, version, mapping, reason } = migration;
  await demandInstance(installation, identity, 'instance.operate', id);
  const entry = {
    action: 'instance.migrate',
    target: `instance:${id}`,
    reason,
    detail: { to: version, mapping: mapping ?? {} },
    afterwards: (from: number) => ({ detail: { from, to: version, mapping: mapping ?? {} } }),
  };
  await withDeed(installation, identity, entry, () => commitMigration(installation, actorOf(identity), migration));
}

/** For who has the right, and records it. Gives the version it ran. `messageId`: a repetition is taken up once. */
export async function commitMigration(
  installation: Installation,
  by: string,
  migration: Migration & { reason: string },
  messageId?: string,
): Promise<number> {
  const { id, version, reason } = migration;
  for (let tries = 1; ; tries++) {
    const checked = await check(installation, migration);
    refuseProblems(planOf(version, checked));
    const { seq, state } = checked;
    const { nodes, edges, joins } = checked.answer;
    const result = await sendCommand(installation, id, { type: 'Migrate', version, seq, nodes, edges, joins, reason, by }, messageId);
    if (!result.ok && result.code === 'instance.changed' && tries < mostTries) continue;
    accepted(result);
    return state.version;
  }
}

function refuseProblems({ ok, to, problems }: MigrationPlan): void {
  if (ok) return;
  const [first] = problems.filter(({ severity }) => severity === 'error');
  throw new RequestError('migration.problems', `The instance cannot go on in version ${to}. ${first?.message ?? ''}`, {
    details: problems.map((problem) => ({ ...problem })),
  });
}

interface Checked {
  seq: number;
  state: InstanceState;
  answer: MigrationAnswer;
  waitingRetries: number;
}

async function check({ database, runtime, checkMigration }: Installation, { id, version, mapping }: Migration): Promise<Checked> {
  const state = isStorableText(id) ? await runtime.stateOf(instanceId(id)) : null;
  if (!state || state.seq === 0) throw unknownInstance(id);
  if (isFinal(state.status) && state.status !== 'Failed')
    throw new RequestError('instance.finished', `The instance "${id}" has finished: ${state.status}.`);
  if (state.status === 'Failed' && !state.fallen)
    throw new RequestError('instance.not-rewindable', `The instance "${id}" cannot go on from its failure.`);
  if (state.test) throw new RequestError('migration.problems', 'A test run stays with the draft it was started from.', { details: [] });
  if (version === state.version) throw new RequestError('input.invalid', `The instance "${id}" runs version ${version} already.`);
  const [from, to] = await Promise.all([
    findVersion(database.prisma, state.workflow, state.version),
    findVersion(database.prisma, state.workflow, version),
  ]);
  if (!from || !to) throw new RequestError('version.unknown', `"${state.workflow}" has no version ${from ? version : state.version}.`);
  // Taking a failed one's frames rewinds this copy of its state, which raises its seq.
  const { seq } = state;
  const waitingRetries = retriesWaiting(state);
  const frames = runningFrames(state, Date.now());
  const answer = await checkMigration({ from: from.document, to: to.document, frames, mapping: mapping ?? {} });
  return { seq, state, answer, waitingRetries };
}

/** Of one that runs: what failed with a failed instance has its next attempt with the input of the new version. [O10] */
function retriesWaiting({ status, steps }: InstanceState): number {
  if (status === 'Failed') return 0;
  let waiting = 0;
  for (const step of steps.values())
    if ((step.kind === 'activity' || step.kind === 'subWorkflow') && step.phase === 'backoff') waiting += 1;
  return waiting;
}

function planOf(to: number, { state, answer: { places, problems }, waitingRetries }: Checked): MigrationPlan {
  const ok = problems.every(({ severity }) => severity !== 'error');
  return { from: state.version, to, ok, places, problems, waitingRetries };
}

const mostTries = 5;
