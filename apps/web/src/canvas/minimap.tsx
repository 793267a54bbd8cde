import { standardCatalogue, type NodeId, type WorkflowDocument } from '@perdure/graph';
import { useEffect, useMemo, useRef, type PointerEvent } from 'react';
import { useStore } from 'zustand';
import { useCanvas } from './canvas-context.ts';
import { CanvasLayout } from './canvas-layout.ts';
import { useCanvasView, useViewportListener } from './react-flow.ts';

const width = 140;
const height = 116;
const margin = 8;
/** Between the map's edges and the canvas's, and a little air. */
const corner = 20;

/** The whole graph on one small canvas element: drawn again once per frame at most, whatever its size. */
export function Minimap({ document, selected }: { document: WorkflowDocument; selected: ReadonlySet<NodeId> }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useCanvasView();
  const listen = useViewportListener();
  const problems = useStore(useCanvas().problems, (state) => state.byNode);
  const layout = useMemo(() => new CanvasLayout(document, standardCatalogue), [document]);
  const containers = useMemo(
    () => new Set(document.nodes.filter((node) => standardCatalogue.get(node.type)?.container && !node.collapsed).map(({ id }) => id)),
    [document],
  );

  const area = layout.bounds();
  const scale = Math.min((width - 2 * margin) / Math.max(area.width, 400), (height - 2 * margin) / Math.max(area.height, 300));
  const left = width / 2 - (area.x + area.width / 2) * scale;
  const top = height / 2 - (area.y + area.height / 2) * scale;

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    let frame = 0;
    let seen = { x: 0, y: 0, width: 0, height: 0, zoom: 1 };
    const draw = (): void => {
      frame = 0;
      const ratio = devicePixelRatio;
      element.width = width * ratio;
      element.height = height * ratio;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const style = getComputedStyle(element);
      // light-dark() only resolves in real properties, so the colours are read from the element's own.
      const plain = style.borderTopColor;
      for (const [id, box] of layout.boxes) {
        if (layout.isHidden(id)) continue;
        const x = box.x * scale + left;
        const y = box.y * scale + top;
        const count = problems.get(id);
        context.beginPath();
        context.roundRect(x, y, Math.max(2, box.width * scale), Math.max(2, box.height * scale), 1.5);
        if (containers.has(id)) {
          context.strokeStyle = selected.has(id) ? style.outlineColor : plain;
          context.stroke();
          continue;
        }
        context.fillStyle = selected.has(id)
          ? style.outlineColor
          : count?.errors
            ? style.borderRightColor
            : count?.warnings
              ? style.borderBottomColor
              : plain;
        context.fill();
      }
      context.strokeStyle = style.borderLeftColor;
      context.lineWidth = 1;
      context.strokeRect(seen.x * scale + left + 0.5, seen.y * scale + top + 0.5, seen.width * scale, seen.height * scale);
    };
    const schedule = (): void => {
      frame ||= requestAnimationFrame(draw);
    };
    const stop = listen((now) => {
      if (box.current) box.current.hidden = isInTheWay(layout, now);
      if (now.x === seen.x && now.y === seen.y && now.width === seen.width && now.height === seen.height) return;
      seen = now;
      schedule();
    });
    schedule();
    const scheme = new MutationObserver(schedule);
    scheme.observe(globalThis.document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] });
    return () => {
      stop();
      scheme.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [containers, layout, left, listen, problems, scale, selected, top]);

  const go = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    view.center((event.clientX - box.left - left) / scale, (event.clientY - box.top - top) / scale);
  };

  return (
    <div className="wf-minimap" aria-hidden="true" ref={box}>
      <canvas ref={canvas} style={{ width, height }} onPointerDown={go} onPointerMove={go} />
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
  return false;
}
