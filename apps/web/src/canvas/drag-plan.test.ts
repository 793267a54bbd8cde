import { parseDocument, nodeId, type WorkflowDocument } from '@perdure/graph';
import { describe, expect, it } from 'vitest';
import { layoutOf } from './canvas-layout.ts';
import { dragRoots, dropPlan, edgeUnder, snapDrag } from './drag-plan.ts';
import { smallestBox, within } from './resize-limits.ts';

const node = (id: string, type: string, x: number, y: number, more: object = {}) => ({
  id,
  type,
  title: id,
  parent: null,
  position: { x, y },
  config: {},
  ...more,
});

function drawn(): WorkflowDocument {
  const parsed = parseDocument({
    formatVersion: 1,
    nodes: [
      node('start', 'start', 0, 0),
      node('each', 'forEach', 0, 200, { size: { width: 300, height: 200 } }),
      node('inner', 'transform', 40, 80, { parent: 'each' }),
      node('loose', 'transform', 600, 0),
      node('end', 'end', 0, 500),
    ],
    edges: [
      { id: 'a', source: 'start', sourcePort: 'out', target: 'each' },
      { id: 'b', source: 'each', sourcePort: 'out', target: 'end' },
    ],
    notes: [{ id: 'n', text: '', parent: 'each', position: { x: 20, y: 150 }, size: { width: 100, height: 40 } }],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
}

describe('what a drag moves', () => {
  it('leaves out what is inside a dragged container', () => {
    const layout = layoutOf(drawn());
    expect(dragRoots(layout, ['each', 'inner', 'note:n', 'loose'])).toEqual(['each', 'loose']);
    expect(dragRoots(layout, ['inner', 'note:n'])).toEqual(['inner', 'note:n']);
  });

  it('finds the container at the new place, and positions within it', () => {
    const document = drawn();
    const layout = layoutOf(document);
    expect(dropPlan(document, layout, ['loose'], { x: -560, y: 300 })).toEqual({
      nodes: [{ node: 'loose', parent: 'each', position: { x: 40, y: 100 } }],
      notes: [],
    });
    expect(dropPlan(document, layout, ['note:n'], { x: 600, y: 0 }).notes).toEqual([
      { note: 'n', parent: null, position: { x: 620, y: 350 } },
    ]);
  });

  it('keeps a container out of itself, and says nothing of what has not moved', () => {
    const document = drawn();
    const layout = layoutOf(document);
    expect(dropPlan(document, layout, ['each'], { x: 10, y: 0 }).nodes).toEqual([
      { node: 'each', parent: null, position: { x: 10, y: 200 } },
    ]);
    expect(dropPlan(document, layout, ['each'], { x: 0, y: 0 }).nodes).toEqual([]);
  });

  it('lines up with what is in view', () => {
    const layout = layoutOf(drawn());
    const view = { x: -1000, y: -1000, width: 3000, height: 3000 };
    expect(snapDrag(layout, ['loose'], { x: -597, y: 90 }, { view, tolerance: 6 }).by.x).toBe(-600);
    expect(snapDrag(layout, ['loose'], { x: -597, y: 90 }, { view: { ...view, x: 5000 }, tolerance: 6 }).by.x).toBe(-596);
  });

  it('a node without edges can go into the edge under its middle', () => {
    const document = drawn();
    const layout = layoutOf(document);
    const loose = document.nodes.find(({ id }) => id === 'loose')!;
    const start = document.nodes.find(({ id }) => id === 'start')!;
    const between = { x: 20, y: 80, width: 216, height: 52 };
    expect(edgeUnder(layout, loose, between)).toBe('a');
    expect(edgeUnder(layout, loose, { ...between, x: 300 })).toBeNull();
    expect(edgeUnder(layout, start, between)).toBeNull();
  });
});

describe('how small a container may become', () => {
  it('does not cut into what is inside, from no side', () => {
    const document = drawn();
    const layout = layoutOf(document);
    const box = layout.boxes.get(nodeId('each'))!;
    const least = smallestBox(document, layout, 'each', box);
    const sides = { left: true, top: true, right: true, bottom: true };
    const tiny = within({ x: 150, y: 300, width: 1, height: 1 }, box, sides, least);
    expect(tiny.x).toBeLessThanOrEqual(box.x + 20);
    expect(tiny.x + tiny.width).toBeGreaterThanOrEqual(box.x + 40 + 216);
    expect(tiny.y + tiny.height).toBeGreaterThanOrEqual(box.y + 190);
    expect(within({ ...box, width: 500 }, box, { ...sides, left: false, top: false, bottom: false }, least)).toEqual({
      ...box,
      width: 500,
    });
  });
});

describe('a layout', () => {
  it('is the same one for a change that moves nothing, and another when something moved', () => {
    const document = drawn();
    const layout = layoutOf(document);
    const renamed = { ...document, nodes: document.nodes.map((one) => ({ ...one, title: `${one.title}!` })) };
    expect(layoutOf(renamed, undefined, layout)).toBe(layout);
    const moved = { ...document, nodes: document.nodes.map((one) => ({ ...one, position: { x: one.position.x + 4, y: one.position.y } })) };
    expect(layoutOf(moved, undefined, layout)).not.toBe(layout);
    const collapsed = { ...document, nodes: document.nodes.map((one) => (one.id === 'each' ? { ...one, collapsed: true } : one)) };
    const folded = layoutOf(collapsed, undefined, layout);
    expect(folded.isHidden(nodeId('inner'))).toBe(true);
    expect(folded.nodesIn({ x: -10, y: 150, width: 400, height: 300 })).toEqual(['each']);
  });
});
