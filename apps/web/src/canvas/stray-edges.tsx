import type { EdgeId, NodeId } from '@perdure/graph';
import { useEffect, useRef, useState } from 'react';
import { useCanvas } from './canvas-context.ts';
import type { CanvasLayout } from './canvas-layout.ts';
import { FlowEdge } from './flow-edge.tsx';
import { overlap, type Box } from './obstacle-index.ts';
import { Position, useViewportListener, ViewportPortal, type CanvasEdge } from './react-flow.ts';

interface StrayEdgesProps {
  edges: readonly CanvasEdge[];
  layout: CanvasLayout;
  /** Nodes that are being dragged: their edges are React Flow's. */
  moving: ReadonlySet<string> | null;
  onChoose(edge: EdgeId, isAdded: boolean): void;
}

/**
 * Edges whose line is in view while the box around their two nodes is not: a way around, a loop back. React Flow goes by the box and would
 * leave them out.
 */
export function StrayEdges({ edges, layout, moving, onChoose }: StrayEdgesProps) {
  const listen = useViewportListener();
  const { editable } = useCanvas();
  const [strays, setStrays] = useState<readonly CanvasEdge[]>([]);
  const shown = useRef(strays);

  useEffect(
    () =>
      listen((view) => {
        const next = view.width === 0 ? [] : edges.filter((edge) => isStray(edge, layout, view, moving));
        if (next.length === shown.current.length && next.every((edge, i) => edge === shown.current[i])) return;
        shown.current = next;
        setStrays(next);
      }),
    [edges, layout, listen, moving],
  );

  if (strays.length === 0) return null;
  return (
    <ViewportPortal>
      <svg className="wf-strays">
        {strays.map((edge) => (
          <g
            key={edge.id}
            className={`react-flow__edge ${edge.className ?? ''}`}
            data-id={edge.id}
            role="group"
            aria-label={edge.ariaLabel ?? undefined}
            tabIndex={editable ? 0 : undefined}
            onClick={(event) => onChoose(edge.id as EdgeId, event.shiftKey || event.ctrlKey || event.metaKey)} // given by the layout
          >
            {edge.data ? (
              <FlowEdge
                id={edge.id}
                source={edge.source}
                target={edge.target}
                data={edge.data}
                selected={edge.selected ?? false}
                sourceX={edge.data.base.source.x}
                sourceY={edge.data.base.source.y}
                targetX={edge.data.base.target.x}
                targetY={edge.data.base.target.y}
                sourcePosition={Position.Bottom}
                targetPosition={Position.Top}
              />
            ) : null}
          </g>
        ))}
      </svg>
    </ViewportPortal>
  );
}

function isStray(edge: CanvasEdge, layout: CanvasLayout, view: Box, moving: ReadonlySet<string> | null): boolean {
  const source = layout.boxes.get(edge.source as NodeId); // given by the layout, as is the target
  const target = layout.boxes.get(edge.target as NodeId);
  if (!source || !target || !edge.data || overlap(around(source, target), view)) return false;
  const isMoving = (id: string): boolean => moving !== null && (moving.has(id) || layout.containerAmong(id as NodeId, moving) !== null); // as above
  return layout.isEdgeIn(edge.data.edge, view) && !isMoving(edge.source) && !isMoving(edge.target);
}

function around(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, width: Math.max(a.x + a.width, b.x + b.width) - x, height: Math.max(a.y + a.height, b.y + b.height) - y };
}
