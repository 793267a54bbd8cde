import { evolve, type HistoryEvent, initialState, instanceId, type InstanceState, isFinal, ROOT_FRAME } from '@perdure/engine';
import { findInstance, readHistory } from '@perdure/database/read';
import type { Json, NodeId } from '@perdure/graph';
import type { Installation } from '../installation.ts';

/** What a run can begin with that takes up where another one was. Large values are references. */
export interface PastRun {
  workflowKey: string;
  input: Json;
  /** Of the steps at the top level. */
  outputs: Record<NodeId, Json>;
  vars: Record<string, Json>;
}

const pageSize = 1_000;
const maxEvents = 100_000;

/**
 * An instance's data as they were before it came to `node` for the last time; when it never did, as they were in the end. Undefined when there
 * is no such instance.
 */
export async function readPastRun({ database }: Installation, id: string, node: NodeId | null): Promise<PastRun | undefined> {
  const { prisma } = database;
  const record = await findInstance(prisma, id);
  if (!record) return undefined;
  const state = initialState(instanceId(id));
  let found: Omit<PastRun, 'workflowKey' | 'input'> = { outputs: {}, vars: {} };
  let visited = false;
  for (let after = 0; after < maxEvents;) {
    const read = await readHistory(prisma, id, after, pageSize);
    for (const event of read?.events ?? []) {
      // The last event empties the state, so it is looked at before every event that matters.
      const opens = node !== null && opensAtTop(event, node);
      if (opens || (!visited && endsIt(event))) found = dataOf(state);
      visited ||= opens;
      evolve(state, event);
      after = event.seq;
    }
    if (!read?.more) break;
  }
  if (!visited && !isFinal(state.status)) found = dataOf(state);
  return { workflowKey: record.workflowKey, input: state.input, ...found };
}

function opensAtTop(event: HistoryEvent, node: NodeId): boolean {
  const opening = event.type === 'TimerCreated' ? event.opening : 'frame' in event && 'node' in event ? event : undefined;
  return opening?.node === node && opening.frame === ROOT_FRAME && !(event.type === 'TaskScheduled' && event.attempt > 1);
}

function endsIt(event: HistoryEvent): boolean {
  return event.type === 'ExecutionCompleted' || event.type === 'ExecutionTerminated';
}

function dataOf(state: InstanceState): Omit<PastRun, 'workflowKey' | 'input'> {
  const outputs = state.frames.get(ROOT_FRAME)?.outputs ?? new Map<NodeId, Json>();
  // Node ids are checked when a document is parsed; none is a key that objects mind.
  return { outputs: Object.fromEntries(outputs) as Record<NodeId, Json>, vars: { ...state.vars } };
}
