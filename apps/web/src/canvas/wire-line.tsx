import { arrowHeight, routePath } from './route-edge.ts';
import { Position, type CanvasNode, type CanvasNote, type ConnectionLineComponentProps } from './react-flow.ts';

/** The wire under the pointer while a port is being connected. */
export function WireLine({
  fromX,
  fromY,
  toX,
  toY,
  fromPosition,
  connectionStatus,
}: ConnectionLineComponentProps<CanvasNode | CanvasNote>) {
  const right = fromPosition === Position.Right;
  const source = { x: fromX, y: fromY };
  const target = { x: toX, y: toY };
  const turn = right
    ? source.x + Math.max(20, (target.x - source.x) / 2)
    : source.y + Math.max(16, (target.y - arrowHeight - source.y) / 2);
  const points = right
    ? [source, { x: turn, y: source.y }, { x: turn, y: target.y }, target]
    : [source, { x: source.x, y: turn }, { x: target.x, y: turn }, target];
  return (
    <g>
      <path className={`wf-edge ${connectionStatus === 'valid' ? 'sel' : 'hover'}`} d={routePath(points)} />
      <circle className="wf-wire-end" cx={toX} cy={toY} r={4} />
    </g>
  );
}
