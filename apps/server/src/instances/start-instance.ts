import { executionId, instanceId, isReservedForEntities, type TestRun } from '@perdure/engine';
import type { Database } from '@perdure/database';
import { findWorkflow } from '@perdure/database/read';
import { fillDefaults, type Json } from '@perdure/graph';
import type { StartRequest } from '@perdure/runtime';
import { accepted } from '../errors/refusal.ts';
import { RequestError } from '../errors/request-error.ts';
import type { Installation } from '../installation.ts';
import { isStorableText, notStorable } from '../storable-text.ts';
import { currentTraceParent } from '../telemetry/trace-context.ts';
import { isReservedTag, restartedFromTag, testTag } from './reserved-tags.ts';
import { unknownWorkflow } from '../workflows/unknown-workflow.ts';
import { workflowKey } from '../workflows/workflow-key.ts';

export interface InstanceStart {
  workflowKey: string;
  version?: number | undefined;
  instanceId?: string | undefined;
  input: Json;
  tags?: string[] | undefined;
  startedBy: string;
  replace?: StartRequest['replace'];
  /** A test run. */
  test?: TestRun;
  /** The instance it is started again from. */
  restartedFrom?: string;
  /** Whom it runs for, when that is not who starts it. */
  requester?: string;
  coRequesters?: string[];
}

/** Fills in and checks the input by the version's input schema before anything exists, then starts. The answer is committed. */
export async function startInstance(
  { database, runtime, checkAgainstSchema }: Installation,
  start: InstanceStart,
): Promise<{ id: string; executionId: string }> {
  if (start.instanceId !== undefined) checkInstanceId(start.instanceId);
  const traceParent = currentTraceParent();
  const tag = start.tags?.find((text) => !isStorableText(text));
  if (tag !== undefined) {
    throw new RequestError('input.invalid', notStorable, { details: [{ field: 'tags', message: notStorable }] });
  }
  if (start.tags?.some(isReservedTag)) {
    const message = 'Tags that begin with "perdure:" are given by Perdure itself.';
    throw new RequestError('input.invalid', message, { details: [{ field: 'tags', message }] });
  }
  // What cannot be a key is not asked for: Postgres refuses some texts as such.
  if (!workflowKey.safeParse(start.workflowKey).success) throw unknownWorkflow(start.workflowKey);
  const published = await runtime.findPublished(start.workflowKey, start.version ?? null);
  if (published === null) throw await whyNotPublished(database, start);
  const { version, inputSchema } = published;
  // A run that begins in the middle takes its input as it was. The engine fills in the same (D12), for sub-workflows too; here it is what is checked.
  const input = start.test?.from ? start.input : fillDefaults(inputSchema, start.input);
  const problems = start.test?.from ? [] : await checkAgainstSchema(inputSchema, input);
  if (problems.length > 0) {
    const workflow = await findWorkflow(database.prisma, start.workflowKey);
    const [first] = problems;
    const where = first?.field ? `${first.field}: ` : '';
    throw new RequestError(
      'input.invalid',
      `The input does not fit version ${version} of "${workflow?.title ?? start.workflowKey}". ${where}${first?.message ?? ''}`,
      {
        details: problems.map(({ field, message }) => ({ field: field === '' ? 'input' : `input.${field}`, message })),
      },
    );
  }
  const result = accepted(
    await runtime.start({
      workflow: start.workflowKey,
      version,
      input,
      startedBy: start.startedBy,
      ...(start.instanceId === undefined ? {} : { instanceId: instanceId(start.instanceId) }),
      tags: [
        ...(start.tags ?? []),
        ...(start.test ? [testTag] : []),
        ...(start.restartedFrom ? [restartedFromTag(start.restartedFrom)] : []),
      ],
      ...(start.test && { test: start.test }),
      ...(start.requester === undefined ? {} : { requester: start.requester }),
      ...(start.coRequesters === undefined ? {} : { coRequesters: start.coRequesters }),
      ...(traceParent === undefined ? {} : { traceParent }),
      ...(start.replace === undefined ? {} : { replace: start.replace }),
    }),
  );
  return { id: result.instanceId, executionId: executionId(result.executionId) };
}

async function whyNotPublished(database: Database, { workflowKey, version }: InstanceStart): Promise<RequestError> {
  const workflow = await findWorkflow(database.prisma, workflowKey);
  if (!workflow) return unknownWorkflow(workflowKey);
  if (version !== undefined && workflow.latestVersion !== null)
    return new RequestError('version.unknown', `"${workflow.title}" has no version ${version}.`);
  return new RequestError('workflow.unpublished', `"${workflow.title}" has no published version yet. Publish it first.`);
}

/** Durable Functions' rule for instance ids, and none that would need escaping in an address. */
export function checkInstanceId(id: string): void {
  if (
    id.length >= 1 &&
    id.length <= 100 &&
    !isReservedForEntities(id) &&
    id !== '.' &&
    id !== '..' &&
    id.isWellFormed() &&
    !/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(id)
  )
    return;
  throw new RequestError('input.invalid', 'This cannot be an instance id.', {
    details: [
      {
        field: 'instanceId',
        message: 'Use 1 to 100 characters, not beginning with "@", not "." or "..", without "/", "\\", "#", "?" and control characters.',
      },
    ],
  });
}
