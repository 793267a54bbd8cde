/** Where a model instance stands: plain data, so that a copy of it is all that going back takes. */
import type { GraphNode, Json } from '@perdure/graph';
import type { Join } from './model-join.ts';

export interface Place {
  root: Frame;
  /** Steps that wait for an event, the longest first. */
  waits: Step[];
  /** Events that came before anybody waited for them. */
  early: { name: string; data: Json }[];
  work: Work[];
  touched: Set<Frame>;
  /** What became known while suspended. [L4] */
  deferred: Deferred[];
  /** Frames and steps so far. */
  count: number;
}

export interface Frame {
  id: string;
  /** Among frames, the order they began in. */
  order: number;
  container: Step | null;
  parent: Frame | null;
  index: number;
  item: Json | undefined;
  open: Map<string, Step>;
  visits: Map<string, number>;
  outputs: Map<string, Json>;
  joins: Map<string, Join>;
  result: Json;
  gone: boolean;
}

export interface Step {
  key: string;
  /** Among steps, the order they opened in. */
  order: number;
  node: GraphNode;
  frame: Frame;
  /** What its token was caught with. */
  error: ModelFailure | undefined;
  openedAt: number;
  attempt: number;
  /** Attempts that do not count any more, and when those that do began. [O3] */
  since: { attempt: number; at: number };
  /** Whether its timeout or deadline runs. */
  isLimited: boolean;
  /** Its last attempt failed and the next has not begun. */
  isBetweenAttempts: boolean;
  /** Human task: */
  votes: ModelVote[];
  passes: Set<Frame>;
  /** For each: */
  items: Json[];
  next: number;
  done: number;
  failed: number;
  results: Json[];
}

export type Token = { type: 'token'; frame: Frame; target: string; via: string; error: ModelFailure | undefined };
export type Work = Token | { type: 'advance'; step: Step };

/** `mayFail`: it has closed the step, and may fail the instance. */
export type Deferred =
  | { type: 'leave'; step: Step; port: string; mayFail: boolean }
  | { type: 'fail'; step: Step; failure: ModelFailure; mayFail: true }
  | { type: 'retry'; step: Step }
  | { type: 'scopeTimeout'; step: Step };

/** A type, not an interface: it is JSON. */
export type ModelVote = {
  by: string;
  outcome: string;
  data: Json;
  comment: string | null;
  at: number;
};

export interface ModelFailure {
  code: string;
  /** The title of the node that failed first, and its step. */
  node?: string | undefined;
  step?: string | undefined;
}

export function newPlace(): Place {
  return { root: newFrame('', 0, null, 0, undefined), waits: [], early: [], work: [], touched: new Set(), deferred: [], count: 0 };
}

export function newFrame(id: string, order: number, container: Step | null, index: number, item: Json | undefined): Frame {
  return {
    id,
    order,
    container,
    parent: container?.frame ?? null,
    index,
    item,
    open: new Map(),
    visits: new Map(),
    outputs: new Map(),
    joins: new Map(),
    result: null,
    gone: false,
  };
}

export function newStep(
  { key, order }: { key: string; order: number },
  node: GraphNode,
  frame: Frame,
  error: ModelFailure | undefined,
  openedAt: number,
): Step {
  return {
    key,
    order,
    node,
    frame,
    error,
    openedAt,
    attempt: 1,
    since: { attempt: 0, at: openedAt },
    isLimited: false,
    isBetweenAttempts: false,
    votes: [],
    passes: new Set(),
    items: [],
    next: 0,
    done: 0,
    failed: 0,
    results: [],
  };
}

/** The frame and those inside its open containers, in the order they began. */
export function framesIn(root: Frame): Frame[] {
  const frames = [root];
  for (const frame of frames) for (const step of frame.open.values()) frames.push(...step.passes);
  return frames.sort((a, b) => a.order - b.order);
}

/** In the order they opened. */
export function openSteps(root: Frame): Step[] {
  return framesIn(root)
    .flatMap(({ open }) => [...open.values()])
    .sort((a, b) => a.order - b.order);
}

/** Of what is open again nobody knows in which order it opened within one turn. [O2] */
export function putInOrder(place: Place): void {
  const steps = openSteps(place.root).sort((a, b) => a.openedAt - b.openedAt || (a.key < b.key ? -1 : 1));
  const frames = framesIn(place.root).sort((a, b) => depthOf(a) - depthOf(b) || a.index - b.index || (a.id < b.id ? -1 : 1));
  for (const frame of frames) frame.open.clear();
  for (const [order, step] of steps.entries()) {
    step.order = order;
    step.passes.clear();
    step.frame.open.set(step.key, step);
  }
  for (const [order, frame] of frames.entries()) {
    frame.order = order;
    frame.container?.passes.add(frame);
  }
  place.waits = steps.filter(({ node }) => node.type === 'event');
}

function depthOf({ id }: Frame): number {
  return id.split('/').length;
}
