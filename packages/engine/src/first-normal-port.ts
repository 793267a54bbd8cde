import { portId } from '@perdure/graph';
import type { PlanNode, PortId } from '@perdure/graph';
import { OUT } from './turn.ts';

/** What a disabled node, and a pinned one that names no port, is left by. [T5, P2] */
export function firstNormalPort(node: PlanNode): PortId | null {
  switch (node.kind) {
    case 'condition':
      return node.cases[0]?.port ?? OTHERWISE;
    case 'humanTask':
      return node.outcomes[0]?.port ?? null;
    case 'end':
    case 'fail':
      return null;
    default:
      return OUT;
  }
}

export const OTHERWISE = portId('otherwise');
