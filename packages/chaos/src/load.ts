import type { EntityTypeDocument, WorkflowDocument } from '@perdure/graph';
import type { Verdicts } from './drill.ts';
import type { Scene } from './scene.ts';

/** Work to keep a scene busy while faults strike. One file in `loads/`; `loads.ts` names them all. */
export interface Load {
  readonly name: string;
  /** By the key they are published under. */
  readonly workflows: Readonly<Record<string, WorkflowDocument>>;
  /** By name. */
  readonly entityTypes?: Readonly<Record<string, EntityTypeDocument>>;
  /** Units that wait for each other: how long one takes says how many there are. */
  readonly queuesUp?: true;
  /** Starts the ith unit, does what callers do to it, and resolves when it has ended. */
  drive(scene: Scene, i: number): Promise<void>;
  /** The load's own sums, when everything has ended. */
  check?(scene: Scene): Promise<Verdicts>;
}
