import type { NodeId, WorkflowDocument } from '@perdure/graph';
import { useEffect, useMemo, useRef, type PointerEvent } from 'react';
import { useStore } from 'zustand';
import { useCanvas } from './canvas-context.ts';
import { layoutOf, type CanvasLayout } from './canvas-layout.ts';
import { useCanvasView, useViewportListener } from './react-flow.ts';

const width = 140;
const height = 116;
const margin = 8;
/** Between the map's edges and the canvas's, and a little air. */
const corner = 20;

/** The whole graph on one small bitmap, drawn again only when it changes; the view is a frame over it, which can be dragged. */
export function Minimap({ document, selected }: { document: WorkflowDocument; selected: ReadonlySet<NodeId> }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLElement>(null);
  const grip = useRef<{ x: number; y: number } | null>(null);
  const view = useCanvasView();
  const listen = useViewportListener();
  const problems = useStore(useCanvas().problems, (state) => state.byNode);
  const layout = layoutOf(document);

  const map = useMemo(() => {
    const area = layout.bounds();
    const scale = Math.min((width - 2 * margin) / Math.max(area.width, 400), (height - 2 * margin) / Math.max(area.height, 300));
    return { scale, left: width / 2 - (area.x + area.width / 2) * scale, top: height / 2 - (area.y + area.height / 2) * scale };
  }, [layout]);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const draw = (): void => {
      const ratio = devicePixelRatio;
      element.width = width * ratio;
      element.height = height * ratio;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const style = getComputedStyle(element);
      // light-dark() only resolves in real properties, so the colours are read from the element's own.
      const plain = style.borderTopColor;
      context.fillStyle = style.columnRuleColor;
      for (const [id, at] of layout.notes) {
        if (layout.isNoteHidden(id)) continue;
        context.fillRect(at.x * map.scale + map.left, at.y * map.scale + map.top, at.width * map.scale, at.height * map.scale);
      }
      for (const [id, at] of layout.boxes) {
        if (layout.isHidden(id)) continue;
        const count = problems.get(id);
        const isSelected = selected.has(id);
        const x = at.x * map.scale + map.left;
        const y = at.y * map.scale + map.top;
        const w = Math.max(1.5, at.width * map.scale);
        const h = Math.max(1.5, at.height * map.scale);
        if (layout.isOpenContainer(id)) {
          context.strokeStyle = isSelected ? style.outlineColor : plain;
          context.strokeRect(x, y, w, h);
          continue;
        }
        context.fillStyle = isSelected
          ? style.outlineColor
          : count?.errors
            ? style.borderRightColor
            : count?.warnings
              ? style.borderBottomColor
              : plain;
        context.fillRect(x, y, w, h);
      }
    };
    const first = requestAnimationFrame(draw);
    const scheme = new MutationObserver(draw);
    scheme.observe(globalThis.document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] });
    return () => {
      cancelAnimationFrame(first);
      scheme.disconnect();
    };
  }, [layout, map, problems, selected]);

  useEffect(
    () =>
      listen((now) => {
        if (box.current) box.current.hidden = isInTheWay(layout, now);
        const style = frame.current?.style;
        if (!style) return;
        style.transform = `translate(${now.x * map.scale + map.left}px, ${now.y * map.scale + map.top}px)`;
        style.width = `${Math.max(4, now.width * map.scale)}px`;
        style.height = `${Math.max(4, now.height * map.scale)}px`;
      }),
    [layout, listen, map],
  );

  const pointOf = (event: PointerEvent): { x: number; y: number } => {
    const at = box.current?.getBoundingClientRect();
    return { x: (event.clientX - (at?.left ?? 0) - map.left) / map.scale, y: (event.clientY - (at?.top ?? 0) - map.top) / map.scale };
  };
  /** The frame is dragged by where it was taken; a press beside it brings its middle there. */
  const take = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = pointOf(event);
    const seen = view.visible();
    const isInFrame = at.x >= seen.x && at.y >= seen.y && at.x <= seen.x + seen.width && at.y <= seen.y + seen.height;
    grip.current = isInFrame ? { x: at.x - seen.x, y: at.y - seen.y } : { x: seen.width / 2, y: seen.height / 2 };
    if (!isInFrame) go(event);
  };
  const go = (event: PointerEvent<HTMLDivElement>): void => {
    if (!grip.current) return;
    const at = pointOf(event);
    view.moveTo(at.x - grip.current.x, at.y - grip.current.y);
  };
  const release = (): void => {
    grip.current = null;
  };

  return (
    <div
      className="wf-minimap"
      aria-hidden="true"
      ref={box}
      onPointerDown={take}
      onPointerMove={go}
      onPointerUp={release}
      onPointerCancel={release}
    >
      <canvas ref={canvas} style={{ width, height }} />
      <i ref={frame} />
    </div>
  );
}

/** With the whole graph in view the map tells nothing new: then it gives way to the nodes it would cover. */
function isInTheWay(layout: CanvasLayout, view: { x: number; y: number; width: number; height: number; zoom: number }): boolean {
  const area = layout.bounds();
  const isWholeInView =
    area.x >= view.x && area.y >= view.y && area.x + area.width <= view.x + view.width && area.y + area.height <= view.y + view.height;
  if (!isWholeInView) return false;
  const left = view.x + view.width - (width + corner) / view.zoom;
  const bottom = view.y + (height + corner) / view.zoom;
  for (const [id, box] of layout.boxes) if (box.x + box.width > left && box.y < bottom && !layout.isHidden(id)) return true;
  for (const [id, box] of layout.notes) if (box.x + box.width > left && box.y < bottom && !layout.isNoteHidden(id)) return true;
  return false;
}
