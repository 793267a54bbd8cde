import type { BoundaryValues, InstanceRecord } from '@perdure/database/read';
import type { Json } from '@perdure/graph';
import { withPayloads } from '../../instances/payloads.ts';
import type { Installation } from '../../installation.ts';

/** One instance in Durable Functions' fields. */
export async function instanceStatus(
  { runtime }: Installation,
  record: InstanceRecord,
  values: BoundaryValues | undefined,
  options: { showInput: boolean; historyEvents: Json[] | null },
): Promise<Record<string, Json>> {
  const { input = null, output = null, failure = null } = values ?? {};
  return {
    name: record.workflowKey,
    instanceId: record.id,
    runtimeStatus: record.storedStatus,
    input: options.showInput ? await withPayloads(input, runtime.payloads) : null,
    customStatus: record.customStatus,
    // A failed orchestration's output is the text of its error.
    output: record.storedStatus === 'Failed' ? failureText(failure) : await withPayloads(output, runtime.payloads),
    createdTime: record.createdAt.toISOString(),
    lastUpdatedTime: record.updatedAt.toISOString(),
    historyEvents: options.historyEvents,
  };
}

function failureText(failure: Json): Json {
  if (typeof failure !== 'object' || failure === null || Array.isArray(failure)) return failure;
  return typeof failure.code === 'string' && typeof failure.message === 'string' ? `${failure.code}: ${failure.message}` : failure;
}
