import { memo, useState } from 'react';
import { useCanvas, useEdgeRun, useTakesNode } from './canvas-context.ts';
import { useZoomLevel, type CanvasEdge, type EdgeProps } from './react-flow.ts';
import { routeMiddle, routePath } from './route-edge.ts';

export const FlowEdge = memo(function FlowEdge({ id, data, selected, sourceX, sourceY, targetX, targetY }: EdgeProps<CanvasEdge>) {
  const { editable, insertOnEdge } = useCanvas();
  const [hovered, setHovered] = useState(false);
  const level = useZoomLevel();
  const edge = data?.edge;
  const run = useEdgeRun(edge?.id ?? (id as never)); // React Flow types ids as plain strings; without data there is nothing to draw anyway
  const takes = useTakesNode(edge?.id ?? (id as never));
  if (!data || !edge) return null;

  const moved = {
    source: { x: sourceX - data.base.source.x, y: sourceY - data.base.source.y },
    target: { x: targetX - data.base.target.x, y: targetY - data.base.target.y },
  };
  const isStill = Math.max(...[moved.source.x, moved.source.y, moved.target.x, moved.target.y].map(Math.abs)) < 1;
  const ends = data.layout.ends(edge);
  if (!ends) return null;
  const route = isStill
    ? data.layout.route(edge)
    : data.layout.between(
        edge,
        { x: ends.source.x + moved.source.x, y: ends.source.y + moved.source.y },
        { x: ends.target.x + moved.target.x, y: ends.target.y + moved.target.y },
      );
  if (!route) return null;

  const path = routePath(route.points);
  const middle = routeMiddle(route.points);
  const tone = run === null ? '' : run === undefined ? 'idle' : run.active ? 'active' : 'taken';
  const classes = [
    'wf-edge',
    data.isError && tone !== 'idle' ? 'err' : '',
    tone,
    hovered && editable ? 'hover' : '',
    selected || takes ? 'sel' : '',
  ].join(' ');
  return (
    <g onMouseEnter={() => setHovered(true)} onMouseLeave={() => setHovered(false)}>
      <path className={classes} d={path} />
      {editable ? <path className="react-flow__edge-interaction" d={path} fill="none" strokeOpacity={0} strokeWidth={16} /> : null}
      {route.back && level !== 'block' ? (
        <g className="wf-loop-mark" transform={`translate(${middle.x} ${middle.y})`} aria-hidden="true">
          <circle r={9} />
          <path d="M3.6 -1.2A3.9 3.9 0 1 0 3.9 1.4M3.9 -4v2.9H1" />
        </g>
      ) : null}
      {editable && (hovered || selected) && level !== 'block' && !route.back ? (
        <g
          className={`wf-insert ${selected ? 'held' : ''}`}
          transform={`translate(${middle.x} ${middle.y})`}
          role="button"
          aria-label="Insert a node here"
          onClick={(event) => {
            event.stopPropagation();
            insertOnEdge(edge.id, event);
          }}
        >
          <circle r={9} />
          <path d="M-4 0H4M0 -4V4" />
        </g>
      ) : null}
    </g>
  );
});
