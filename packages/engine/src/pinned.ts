import type { Json, Pin, PlanNode, PortId } from '@perdure/graph';
import type { Failure } from './failure.ts';
import { firstNormalPort } from './first-normal-port.ts';
import { blame, failStep, leave } from './raise.ts';
import { emit, opening, sendTokens } from './turn.ts';
import type { Token, Turn } from './turn.ts';

/** The node gives what is pinned, by the pin's port, and nothing of it is evaluated or executed. [P2, P3] */
export function passPinned(turn: Turn, token: Token, node: PlanNode, pin: Pin): void {
  const place = opening(turn, token);
  const port = pin.port ?? firstNormalPort(node);
  // The server refuses such a pin; in its absence the token ends, as at a port without edges.
  if (port === null) return;
  if (!raisesBy(node, port)) {
    emit(turn, { type: 'StepPinned', ...place, port, output: pin.output });
    return leave(turn, token.frame, node, place.step, port, token.caughtFrom);
  }
  const failure = blame(failureOf(pin.output), node, place.step);
  emit(turn, { type: 'StepPinned', ...place, port, output: null, failure });
  // A scope's catch takes the failure as if it had happened inside; unconnected, it does not catch. [F6]
  if (node.kind === 'scope' && sendTokens(turn, token.frame, node, port, place.step) > 0) return;
  failStep(turn, token.frame, node, place.step, failure);
}

/** The pinned data of a node, if it has some in this run. */
export function pinOf({ state }: Turn, node: PlanNode): Pin | undefined {
  const pins = state.test?.pins;
  return pins !== undefined && Object.hasOwn(pins, node.id) ? pins[node.id] : undefined;
}

/** Whether the node would do something outside in a run that must not. [P10] */
export function lacksPin({ state }: Turn, { kind }: PlanNode): boolean {
  return state.test?.pinnedOnly === true && (kind === 'activity' || kind === 'subWorkflow' || kind === 'entityOperation');
}

export function notPinned({ title }: PlanNode): Failure {
  return { code: 'NotPinned', message: `“${title}” would do something outside, and this test run only uses pinned data.` };
}

/** Exceptional ports that carry an error; a timeout's and an overdue task's do not. */
function raisesBy(node: PlanNode, port: PortId): boolean {
  switch (node.kind) {
    case 'scope':
      return node.catches.some((one) => one.port === port);
    case 'condition':
    case 'humanTask':
    case 'event':
      return false;
    default:
      return port === 'error';
  }
}

function failureOf(output: Json): Failure {
  const { code, message, details } = typeof output === 'object' && output !== null && !Array.isArray(output) ? output : {};
  return {
    code: typeof code === 'string' && code !== '' ? code : 'Failed',
    message: typeof message === 'string' ? message : 'Pinned error.',
    ...(details !== undefined && { details }),
  };
}
