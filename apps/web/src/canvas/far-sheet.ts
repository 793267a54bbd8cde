import type { GraphEdge, NodeId } from '@perdure/graph';
import type { ProblemCount } from './canvas-context.ts';
import { noteElementId } from './canvas-elements.ts';
import type { CanvasMarks } from './canvas-marks.ts';
import type { CanvasLayout } from './canvas-layout.ts';
import type { NodeRun, NodeRunStatus } from './fold-run-state.ts';
import { overlap, type Box } from './obstacle-index.ts';
import type { Point } from './route-ends.ts';

/*
 * A part of the canvas as blocks and lines on one bitmap, at one zoom. Panning moves the finished bitmap; it is drawn again when the view
 * leaves it or the zoom has changed, and a status that changes repaints its own block.
 */

const colourNames = [
  'canvas',
  'pending-tint',
  'sunken',
  'surface',
  'border-2',
  'border-3',
  'accent',
  'accent-tint',
  'edge',
  'edge-idle',
  'edge-taken',
  'note',
  'note-line',
  'running',
  'running-tint',
  'waiting',
  'waiting-tint',
  'failed',
  'failed-tint',
  'completed',
  'completed-tint',
  'suspended',
  'suspended-tint',
  'canceled',
  'pending',
] as const;
type Colours = Record<(typeof colourNames)[number], string>;

/** What is drawn, beside the layout. */
export interface FarScene {
  layout: CanvasLayout;
  selected: ReadonlySet<string>;
  problems: ReadonlyMap<NodeId, ProblemCount>;
  /** Null: no run is shown. */
  run: ReadonlyMap<NodeId, NodeRun> | null;
  /** Absolute places of nodes being dragged. */
  moved: ReadonlyMap<string, Point> | null;
  marks: CanvasMarks | null;
}

interface Sheet {
  area: Box;
  /** Bitmap pixels per canvas pixel. */
  scale: number;
}

export function drawSheet(context: CanvasRenderingContext2D, colours: Colours, sheet: Sheet, scene: FarScene): void {
  const { area, scale } = sheet;
  const { layout, moved } = scene;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  for (const [id, box] of layout.notes) {
    if (layout.isNoteHidden(id) || !overlap(box, area)) continue;
    const mark = scene.marks?.notes?.get(id);
    const isNews = scene.selected.has(noteElementId(id)) || mark === 'added' || mark === 'changed';
    block(context, sheet, box, colours.note, colours[isNews ? 'accent' : mark ? 'border-3' : 'note-line']);
  }
  for (const [id, box] of layout.boxes) {
    if (!layout.isOpenContainer(id) || layout.isHidden(id)) continue;
    const at = movedBox(box, id, moved);
    if (!overlap(at, area)) continue;
    const status = scene.run?.get(id)?.status;
    block(context, sheet, at, colours.surface, scene.selected.has(id) ? colours.accent : status ? colours[status] : colours['border-2']);
  }
  drawEdges(context, colours, sheet, scene);
  for (const [id, box] of layout.boxes) {
    if (layout.isOpenContainer(id) || layout.isHidden(id)) continue;
    const at = movedBox(box, id, moved);
    if (overlap(at, area)) drawNode(context, colours, { area, scale }, scene, id, at);
  }
}

/** One node's block over what was there. */
export function drawNode(context: CanvasRenderingContext2D, colours: Colours, sheet: Sheet, scene: FarScene, id: NodeId, box: Box): void {
  const { run } = scene;
  const status = run?.get(id)?.status;
  const count = run ? undefined : scene.problems.get(id);
  const tone: NodeRunStatus | null = status ?? (count?.errors ? 'failed' : count?.warnings ? 'waiting' : null);
  const isSelected = scene.selected.has(id);
  const mark = scene.marks?.nodes.get(id);
  if (scene.marks && !isSelected && (mark !== undefined || scene.marks.dim)) {
    const isFault = mark === 'cause' || mark === 'focus';
    const isNews = mark === 'added' || mark === 'changed';
    const tint = isFault ? 'failed-tint' : isNews ? 'accent-tint' : 'sunken';
    return block(context, sheet, box, colours[tint], colours[isFault ? 'failed' : isNews ? 'accent' : mark ? 'border-3' : 'border-2']);
  }
  const rim = isSelected ? colours.accent : tone ? colours[tone] : run ? colours['border-2'] : colours['border-3'];
  const fill = isSelected
    ? colours['accent-tint']
    : tone
      ? tone === 'canceled'
        ? colours['pending-tint']
        : colours[`${tone}-tint`]
      : run
        ? colours.sunken
        : colours['pending-tint'];
  block(context, sheet, box, fill, rim, isSelected ? 2 : 1);
  if (tone && box.height * sheet.scale >= 9) drawShape(context, tone, rim, fill, sheet, box);
}

function movedBox(box: Box, id: string, moved: FarScene['moved']): Box {
  const at = moved?.get(id);
  return at ? { ...box, x: at.x, y: at.y } : box;
}

/** Whole pixels, so that thousands of blocks need no smoothing. */
function block(context: CanvasRenderingContext2D, { area, scale }: Sheet, box: Box, fill: string, rim: string, rimWidth = 1): void {
  const x = Math.round((box.x - area.x) * scale);
  const y = Math.round((box.y - area.y) * scale);
  const width = Math.max(3, Math.round(box.width * scale));
  const height = Math.max(3, Math.round(box.height * scale));
  const line = Math.min(rimWidth * Math.max(1, Math.round(scale * 3)), Math.floor(Math.min(width, height) / 2));
  context.fillStyle = rim;
  context.fillRect(x, y, width, height);
  context.fillStyle = fill;
  context.fillRect(x + line, y + line, width - 2 * line, height - 2 * line);
}

function drawEdges(context: CanvasRenderingContext2D, colours: Colours, { area, scale }: Sheet, { layout, run, moved }: FarScene): void {
  const plain = new Path2D();
  const error = new Path2D();
  const snap = (value: number): number => Math.round(value) + 0.5;
  const shift = (edge: GraphEdge, end: 'source' | 'target', point: Point): Point => {
    const at = moved?.get(edge[end]);
    const box = at && layout.boxes.get(edge[end]);
    return box ? { x: point.x + at.x - box.x, y: point.y + at.y - box.y } : point;
  };
  for (const edge of layout.edgesIn(area)) {
    const ends = layout.ends(edge);
    if (!ends) continue;
    const path = layout.isErrorEdge(edge) ? error : plain;
    const source = shift(edge, 'source', ends.source);
    const target = shift(edge, 'target', ends.target);
    const points =
      target.y < source.y && source === ends.source && target === ends.target
        ? (layout.route(edge)?.points ?? [source, target])
        : [source, { x: source.x, y: (source.y + 2 * target.y) / 3 }, { x: target.x, y: (source.y + 2 * target.y) / 3 }, target];
    for (const [i, point] of points.entries()) {
      const x = snap((point.x - area.x) * scale);
      const y = snap((point.y - area.y) * scale);
      if (i === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
  }
  context.lineWidth = Math.max(1, Math.round(scale * 3));
  context.strokeStyle = run ? colours['edge-idle'] : colours.edge;
  context.stroke(plain);
  context.strokeStyle = run ? colours['edge-idle'] : colours.failed;
  context.stroke(error);
}

/** The status shapes of the kit, in few strokes. */
function drawShape(
  context: CanvasRenderingContext2D,
  status: NodeRunStatus,
  colour: string,
  cut: string,
  { area, scale }: Sheet,
  box: Box,
): void {
  const size = Math.min(box.height * scale * 0.62, 22);
  const r = size / 2;
  context.save();
  context.translate((box.x + box.width / 2 - area.x) * scale, (box.y + box.height / 2 - area.y) * scale);
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, size / 8);
  context.beginPath();
  switch (status) {
    case 'completed':
      context.arc(0, 0, r, 0, 2 * Math.PI);
      context.fill();
      context.beginPath();
      context.strokeStyle = cut;
      context.moveTo(-r * 0.45, 0);
      context.lineTo(-r * 0.1, r * 0.35);
      context.lineTo(r * 0.5, -r * 0.35);
      context.stroke();
      break;
    case 'running':
      context.arc(0, 0, r * 0.85, 0, 2 * Math.PI);
      context.stroke();
      context.beginPath();
      context.arc(0, 0, r * 0.35, 0, 2 * Math.PI);
      context.fill();
      break;
    case 'waiting':
      context.moveTo(-r * 0.7, -r);
      context.lineTo(r * 0.7, -r);
      context.lineTo(-r * 0.7, r);
      context.lineTo(r * 0.7, r);
      context.closePath();
      context.fill();
      break;
    case 'failed':
      context.moveTo(0, -r * 1.15);
      context.lineTo(r * 1.15, 0);
      context.lineTo(0, r * 1.15);
      context.lineTo(-r * 1.15, 0);
      context.closePath();
      context.fill();
      context.beginPath();
      context.strokeStyle = cut;
      context.moveTo(-r * 0.35, -r * 0.35);
      context.lineTo(r * 0.35, r * 0.35);
      context.moveTo(r * 0.35, -r * 0.35);
      context.lineTo(-r * 0.35, r * 0.35);
      context.stroke();
      break;
    case 'suspended':
      context.fillRect(-r * 0.65, -r * 0.8, r * 0.45, r * 1.6);
      context.fillRect(r * 0.2, -r * 0.8, r * 0.45, r * 1.6);
      break;
    case 'canceled':
      context.arc(0, 0, r * 0.85, 0, 2 * Math.PI);
      context.moveTo(-r * 0.6, r * 0.6);
      context.lineTo(r * 0.6, -r * 0.6);
      context.stroke();
      break;
  }
  context.restore();
}

/** A token holds light-dark(), which only a real property resolves. */
export function resolveColours(beside: HTMLElement): Colours {
  const probe = document.createElement('span');
  beside.after(probe);
  const entries = colourNames.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries) as Colours; // one entry per name
}
