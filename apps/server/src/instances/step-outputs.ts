import type { HistoryEvent } from '@perdure/engine';
import { readHistory } from '@perdure/database/read';
import type { Json } from '@perdure/graph';
import type { Installation } from '../installation.ts';
import { withPreviews } from './payloads.ts';

const maxEvents = 5_000;

/**
 * What an instance was given and what its steps gave, by node, the latest visit winning: sample data for the editor, so long histories
 * are read only as far as `maxEvents` and big values come as previews.
 */
export async function stepOutputs(
  { database, runtime }: Installation,
  id: string,
): Promise<{ input: Json; steps: Record<string, { output: Json }> }> {
  let input: Json = null;
  const nodes = new Map<string, string>();
  const raised = new Map<number, Json>();
  const outputs = new Map<string, Json>();
  const take = (event: HistoryEvent): void => {
    if ('step' in event && 'node' in event) nodes.set(event.step, event.node);
    if (event.type === 'TimerCreated' && event.opening) nodes.set(event.step, event.opening.node);
    if (event.type === 'ExecutionStarted') input = event.input;
    if (event.type === 'EventRaised') raised.set(event.seq, event.data);
    const output = outputOf(event, raised);
    const node = 'step' in event ? nodes.get(event.step) : undefined;
    if (output !== undefined && node !== undefined) outputs.set(node, output);
  };
  for (let seq = 0; seq < maxEvents;) {
    const read = await readHistory(database.prisma, id, seq, maxEvents - seq);
    for (const event of read?.events ?? []) take(event);
    seq = read?.events.at(-1)?.seq ?? seq;
    if (!read?.more) break;
  }
  const steps: Record<string, { output: Json }> = {};
  for (const [node, output] of outputs) steps[node] = { output: await withPreviews(output, runtime.payloads) };
  return { input: await withPreviews(input, runtime.payloads), steps };
}

function outputOf(event: HistoryEvent, raised: ReadonlyMap<number, Json>): Json | undefined {
  switch (event.type) {
    case 'TaskCompleted':
    case 'TransformCompleted':
    case 'StepPinned':
    case 'SubOrchestrationInstanceCompleted':
    case 'ContainerExited':
    case 'EndReached':
      return event.output;
    case 'VariablesSet':
      return event.values;
    case 'EventReceived':
      return raised.get(event.raised) ?? null;
    case 'HumanTaskDecided':
      return { outcome: event.outcome, data: event.data, by: event.by, comment: event.comment };
    default:
      return undefined;
  }
}
