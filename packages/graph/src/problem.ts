import type { EdgeId, NodeId, PortId } from './ids.ts';

/** One finding about a workflow. The designer's problems panel and the server's refusal to publish show the same ones. */
export interface Problem {
  /** Stable and documented: `edge.missing-node`, `config.invalid`, `expression.syntax`, `soundness.deadlock`, … */
  code: string;
  /** Errors block publishing. Notices say what could not be checked. */
  severity: 'error' | 'warning' | 'notice';
  /** A short sentence naming what is wrong: "Join can wait forever". */
  title: string;
  /** What happens, and what to do about it. */
  detail: string;
  node?: NodeId;
  edge?: EdgeId;
  port?: PortId;
  /** The config field, as a path: `url`, `cases.0.when`. */
  field?: string;
  /** Soundness: the nodes along the path that leads to the problem. */
  path?: NodeId[];
  /** Soundness: one way it comes about, for drawing. */
  witness?: Witness;
  /** A name that was written, and the one that was most likely meant. */
  suggestion?: { written: string; meant: string };
}

export interface Witness {
  /** The edges tokens take on that way. */
  taken: EdgeId[];
  /** The edges whose token never comes. */
  missing: EdgeId[];
  /** What has to be chosen for it; empty when it happens in every run. */
  choices: { node: NodeId; port: PortId }[];
}
