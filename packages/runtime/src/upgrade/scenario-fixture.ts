import type { CommandBody, EntityEvent, EventType, TestRun } from '@perdure/engine';
import type { EntityTypeDocument, Json, WorkflowDocument } from '@perdure/graph';

/** What a scenario can do to the recorded instances, and wait for. */
export interface Stage {
  start(workflow: string, id: string, input?: Json, test?: TestRun): Promise<void>;
  send(id: string, command: CommandBody): Promise<void>;
  raise(id: string, name: string, data?: Json): Promise<void>;
  decide(id: string, node: string, outcome: string): Promise<void>;
  claim(id: string, node: string): Promise<void>;
  release(id: string, node: string): Promise<void>;
  /** Waits for the nth event of this type in the history of the instance. */
  happened(id: string, type: EventType | EntityEvent['type'], times?: number): Promise<void>;
  /** The sub-workflow's instance this one started. */
  child(id: string): Promise<string>;
  /** Makes all timers of the instance due. */
  hurry(id: string): Promise<void>;
}

export interface Scenario {
  /** Also the id of its instance. */
  readonly name: string;
  /** Of a list, each is a version; the last one is the latest. */
  readonly workflows: Readonly<Record<string, WorkflowDocument | readonly WorkflowDocument[]>>;
  readonly entityTypes?: Readonly<Record<string, EntityTypeDocument>>;
  /** Up to where it is recorded. */
  begin(stage: Stage): Promise<void>;
  /** From there to its end; absent when it has ended before. */
  finish?(stage: Stage): Promise<void>;
  readonly ends: { readonly status: string; readonly output?: Json };
  /** Accepted while no worker runs. */
  readonly unattended?: true;
}
