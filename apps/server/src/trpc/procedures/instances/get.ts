import type { EventType } from '@perdure/engine';
import {
  findInstance,
  findPartitionOwner,
  findVersion,
  listPeopleOfInstance,
  readBoundaryValues,
  readStuckCauses,
} from '@perdure/database/read';
import { z } from 'zod';
import { RequestError } from '../../../errors/request-error.ts';
import { childrenOfInstance } from '../../../instances/children-of-instance.ts';
import { instanceRow } from '../../../instances/instance-words.ts';
import { versionsRun } from '../../../instances/versions-run.ts';
import { withPreviews } from '../../../instances/payloads.ts';
import { restartedFrom } from '../../../instances/reserved-tags.ts';
import { unknownInstance } from '../../../instances/unknown-instance.ts';
import { tasksOfInstance } from '../../../instances/tasks-of-instance.ts';
import { procedure } from '../../base.ts';
import type { InstanceDetail } from '../../contract/instances.ts';
import { demandInstance } from '../../../auth/reach.ts';
import { maskOfInstance } from '../../../sensitive/mask-of-instance.ts';

export const get = procedure('instance.read')
  .input(z.strictObject({ id: z.string() }))
  .query(async ({ ctx: { identity, installation }, input }): Promise<InstanceDetail> => {
    const { database, runtime } = installation;
    const { prisma } = database;
    await demandInstance(installation, identity, 'instance.read', input.id);
    const record = await findInstance(prisma, input.id);
    if (!record) throw unknownInstance(input.id);
    const [values, version, children, people, tasks, worker, versions, stuck] = await Promise.all([
      readBoundaryValues(prisma, [record.id]),
      findVersion(prisma, record.workflowKey, record.version),
      childrenOfInstance(installation, identity, { id: record.id }),
      listPeopleOfInstance(prisma, record.id, deedTypes),
      tasksOfInstance(installation, identity, { id: record.id }),
      findPartitionOwner(prisma, record.partition),
      versionsRun(prisma, record),
      readStuckCauses(prisma, record.status === 'Waiting' ? [record] : []),
    ]);
    if (!version) throw new RequestError('version.unknown', `"${record.workflowKey}" has no version ${record.version}.`);
    const mask = await maskOfInstance(installation, identity, record.id);
    const { input: given = null, output = null, failure = null } = values.get(record.id) ?? {};
    return {
      ...mask(instanceRow(record, stuck.get(record.id))),
      executionId: record.executionId,
      seq: record.seq,
      input: mask(await withPreviews(given, runtime.payloads)),
      output: mask(await withPreviews(output, runtime.payloads)),
      failure: mask(await withPreviews(failure, runtime.payloads)),
      customStatus: mask(record.customStatus),
      document: version.document,
      children,
      people,
      tasks,
      partition: record.partition,
      worker,
      restartedFrom: restartedFrom(record.tags),
      versions,
    };
  });

/** Events that say by whom. */
const deedTypes: readonly EventType[] = [
  'ExecutionStarted',
  'ExecutionSuspended',
  'ExecutionResumed',
  'ExecutionTerminated',
  'ExecutionRewound',
  'EventRaised',
  'StepRetried',
  'StepSkippedByHand',
  'VariablesEdited',
  'VersionMigrated',
  'TaskFailed',
  'TaskReleased',
  'HumanTaskClaimed',
  'HumanTaskReleased',
  'HumanTaskAssigned',
  'HumanTaskVoted',
  'HumanTaskDecided',
];
