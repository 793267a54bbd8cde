import { containerHeaderHeight, nodeSize, type NodeId, type WorkflowDocument } from '@perdure/graph';
import type { Sides } from './align-guides.ts';
import { noteOfElement } from './canvas-elements.ts';
import type { CanvasLayout } from './canvas-layout.ts';
import type { Box } from './obstacle-index.ts';

/** Room a container keeps around its content, and below its header. */
const padding = 20;
const belowHeader = 16;
const smallestNote = { width: 120, height: 48 };

interface Least {
  width: number;
  height: number;
  /** Absolute: what must stay inside. Null: nothing. */
  content: { left: number; top: number; right: number; bottom: number } | null;
}

/** How small a container or note may become: no side may cut into what is inside. */
export function smallestBox(document: WorkflowDocument, layout: CanvasLayout, element: string, box: Box): Least {
  if (noteOfElement(element) !== null) return { ...smallestNote, content: null };
  const node = document.nodes.find(({ id }) => id === element);
  if (!node) return { width: box.width, height: box.height, content: null };
  const { size: _, ...bare } = node;
  const least = nodeSize(bare);
  const inside = [
    ...document.nodes.flatMap(({ id, parent }) => (parent === (element as NodeId) ? (layout.boxes.get(id) ?? []) : [])), // a node's id
    ...(document.notes ?? []).flatMap(({ id, parent }) => (parent === (element as NodeId) ? (layout.notes.get(id) ?? []) : [])),
  ];
  if (inside.length === 0) return { ...least, content: null };
  return {
    ...least,
    content: {
      left: Math.min(...inside.map(({ x }) => x)) - padding,
      top: Math.min(...inside.map(({ y }) => y)) - containerHeaderHeight - belowHeader,
      right: Math.max(...inside.map(({ x, width }) => x + width)) + padding,
      bottom: Math.max(...inside.map(({ y, height }) => y + height)) + padding,
    },
  };
}

/** A pulled box held at its limits; the sides that are not pulled stay where they were. */
export function within(asked: Box, before: Box, sides: Sides, { width, height, content }: Least): Box {
  const beforeRight = before.x + before.width;
  const beforeBottom = before.y + before.height;
  const x = sides.left ? Math.min(asked.x, beforeRight - width, content?.left ?? Infinity) : before.x;
  const y = sides.top ? Math.min(asked.y, beforeBottom - height, content?.top ?? Infinity) : before.y;
  const right = sides.right ? Math.max(asked.x + asked.width, before.x + width, content?.right ?? -Infinity) : beforeRight;
  const bottom = sides.bottom ? Math.max(asked.y + asked.height, before.y + height, content?.bottom ?? -Infinity) : beforeBottom;
  return { x, y, width: right - x, height: bottom - y };
}
