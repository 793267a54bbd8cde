import type { EdgeId, NodeId, NoteId, PortId } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { Scenario } from './scenario.ts';

/**
 * The workflow document: what the designer edits, what a draft stores, what publishing freezes, what import and export carry.
 * Parsing (unknown → WorkflowDocument, with problems) is `parseDocument`; meaning is given by `compile`.
 */
export interface WorkflowDocument {
  formatVersion: 1;
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Remarks on the canvas. They mean nothing to a run. */
  notes?: StickyNote[];
  scenarios?: Scenario[];
  /** Data typed by hand that expressions are tried out on in the editor. It means nothing to a run. */
  sample?: SampleData;
}

/** What a run would have: any part may be missing. */
export interface SampleData {
  input?: Json;
  steps?: { [node: string]: { output: Json } };
  vars?: JsonObject;
}

export interface GraphNode {
  id: NodeId;
  /** A key of the catalogue, e.g. `http`. */
  type: string;
  title: string;
  /** The container that owns this node, or null at the top level. */
  parent: NodeId | null;
  /** Top left corner in pixels, relative to the parent container. */
  position: { x: number; y: number };
  /** Containers only. */
  size?: { width: number; height: number };
  collapsed?: boolean;
  /** A disabled node is skipped: its token leaves by its first normal port at once. */
  disabled?: boolean;
  /** Checked against the catalogue entry's zod schema. */
  config: JsonObject;
  /** Activities and sub-workflows only. */
  retry?: RetryPolicy;
  /** Activities and sub-workflows only: how long one attempt may take. */
  timeout?: Duration;
  /** What the node gives in test runs, in the place of being executed. Ignored when a published version runs. */
  pinned?: Pin;
}

export interface Pin {
  /** Left by an exceptional port, this is the error: `{ code, message }`. */
  output: Json;
  /** Default: the first normal port. */
  port?: PortId;
}

export interface GraphEdge {
  id: EdgeId;
  source: NodeId;
  sourcePort: PortId;
  target: NodeId;
}

export interface StickyNote {
  id: NoteId;
  /** Markdown. */
  text: string;
  /** The container it lies in, or null at the top level. */
  parent: NodeId | null;
  /** Top left corner in pixels, relative to the parent container. */
  position: { x: number; y: number };
  size: { width: number; height: number };
}

/** `250ms`, `30s`, `5m`, `2h`, `1d`, `1w`, sums such as `1h 30m`, or ISO 8601 (`PT30S`). See `parseDuration`. */
export type Duration = string;

/** Durable Functions' RetryOptions, field for field, plus the codes that are never retried. */
export interface RetryPolicy {
  firstRetryInterval: Duration;
  /** Attempts in all, the first included: 1 means no retry. */
  maxNumberOfAttempts: number;
  /** Each wait is the one before times this. Default 1. */
  backoffCoefficient?: number;
  maxRetryInterval?: Duration;
  /** No further attempt starts once this much time has passed since the first. */
  retryTimeout?: Duration;
  /** Error codes that fail at once. */
  nonRetryableErrors?: string[];
}

/** A config field that may be given as a literal or computed. An expression is JSONata source. */
export type Expression = { expr: string };

export function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && typeof (value as Expression).expr === 'string' && Object.keys(value).length === 1;
}
