/**
 * A history in Durable Functions' words: its own event types only, a scheduling folded into its outcome, values only when asked for.
 * What Perdure adds to the history is at /api/instances/{id}/events.
 */
import type { HistoryEvent } from '@perdure/engine';
import { readHistory } from '@perdure/database/read';
import type { Json, JsonObject } from '@perdure/graph';
import { withPayloads } from '../../instances/payloads.ts';
import type { Installation } from '../../installation.ts';

export async function durableFunctionsHistory({ database, runtime }: Installation, id: string, showOutput: boolean): Promise<JsonObject[]> {
  const fold = createHistoryFold(showOutput);
  for (let seq = 0; ;) {
    const read = await readHistory(database.prisma, id, seq, 5_000);
    for (const event of read?.events ?? []) fold.add(event);
    seq = read?.events.at(-1)?.seq ?? seq;
    if (!read?.more) break;
  }
  const events = fold.events();
  return showOutput ? Promise.all(events.map(async (event) => (await withPayloads(event, runtime.payloads)) as JsonObject)) : events; // an object stays one
}

interface Scheduled {
  at: string;
  name: string;
}

export function createHistoryFold(showOutput: boolean): { add(event: HistoryEvent): void; events(): JsonObject[] } {
  const told: (JsonObject | null)[] = [];
  const scheduled = new Map<string, Scheduled & { place: number }>();
  const timers = new Map<string, { fireAt: string; place: number }>();
  const tell = (entry: JsonObject): number => told.push(entry) - 1;
  const value = (key: string, content: Json): JsonObject => (showOutput ? { [key]: content } : {});

  const schedule = (step: string, name: string, entry: JsonObject) =>
    scheduled.set(step, { at: String(entry.Timestamp), name, place: tell(entry) });
  const outcome = (step: string, entry: JsonObject) => {
    const begun = scheduled.get(step);
    if (begun) told[begun.place] = null;
    scheduled.delete(step);
    const { EventType, Timestamp, ...rest } = entry;
    tell({
      EventType: EventType ?? null,
      FunctionName: begun?.name ?? null,
      ...rest,
      ScheduledTime: begun?.at ?? null,
      Timestamp: Timestamp ?? null,
    });
  };

  return {
    events: () => told.filter((entry) => entry !== null),
    add(event) {
      const Timestamp = new Date(event.at).toISOString();
      const EventType = event.type;
      switch (event.type) {
        case 'ExecutionStarted':
          tell({ EventType, FunctionName: event.workflow, ...value('Input', event.input), Timestamp });
          return;
        case 'TaskScheduled':
          schedule(event.step, event.node, { EventType, FunctionName: event.node, Timestamp });
          return;
        case 'TaskCompleted':
          outcome(event.step, { EventType, ...value('Result', event.output), Timestamp });
          return;
        case 'TaskFailed':
          outcome(event.step, { EventType, Reason: event.failure.message, Details: event.failure.code, Timestamp });
          return;
        case 'SubOrchestrationInstanceCreated':
          schedule(event.step, event.workflow, { EventType, FunctionName: event.workflow, InstanceId: event.instanceId, Timestamp });
          return;
        case 'SubOrchestrationInstanceCompleted':
          outcome(event.step, { EventType, InstanceId: event.instanceId, ...value('Result', event.output), Timestamp });
          return;
        case 'SubOrchestrationInstanceFailed':
          outcome(event.step, {
            EventType,
            InstanceId: event.instanceId,
            Reason: event.failure.message,
            Details: event.failure.code,
            Timestamp,
          });
          return;
        case 'TimerCreated': {
          const fireAt = new Date(event.fireAt).toISOString();
          timers.set(event.timer, { fireAt, place: tell({ EventType, FireAt: fireAt, Timestamp }) });
          return;
        }
        case 'TimerFired': {
          const timer = timers.get(event.timer);
          if (timer) told[timer.place] = null;
          timers.delete(event.timer);
          tell({ EventType, FireAt: timer?.fireAt ?? null, Timestamp });
          return;
        }
        case 'EventRaised':
          tell({ EventType, Name: event.name, ...value('Input', event.data), Timestamp });
          return;
        case 'ExecutionSuspended':
        case 'ExecutionResumed':
          tell({ EventType, Reason: event.reason, Timestamp });
          return;
        case 'ExecutionTerminated':
          tell({ EventType, Reason: event.reason, ...value('Result', event.output), Timestamp });
          return;
        case 'ExecutionCompleted':
          tell({
            EventType,
            OrchestrationStatus: event.status,
            ...value('Result', event.failure ? event.failure.message : event.output),
            Timestamp,
          });
          return;
        default:
      }
    },
  };
}
