import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { GraphEdge, NodeId } from '@perdure/graph';
import { useCanvas } from './canvas-context.ts';
import type { CanvasLayout } from './canvas-layout.ts';
import type { NodeRunStatus } from './fold-run-state.ts';
import { useViewportListener } from './react-flow.ts';

/** From this many nodes on, a view from far is drawn on one canvas instead of mounting an element per node. */
export const farFrom = 300;

const names = [
  'pending-tint',
  'border-3',
  'accent',
  'accent-tint',
  'edge',
  'running',
  'waiting',
  'failed',
  'completed',
  'suspended',
  'canceled',
] as const;
type Colour = (typeof names)[number];

const statusColour: Record<NodeRunStatus, Colour> = {
  running: 'running',
  waiting: 'waiting',
  failed: 'failed',
  completed: 'completed',
  suspended: 'suspended',
  canceled: 'canceled',
};

/** Thousands of nodes as blocks and lines, drawn again at most once a frame. */
export function FarLayer({
  layout,
  edges,
  selected,
}: {
  layout: CanvasLayout;
  edges: readonly GraphEdge[];
  selected: ReadonlySet<NodeId>;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const listen = useViewportListener();
  const { run, problems } = useCanvas();
  const counts = useStore(problems, (state) => state.byNode);
  const runStore = useStore(run, (state) => state.store);
  const lines = useMemo(
    () =>
      edges.flatMap((edge) => {
        const ends = layout.ends(edge);
        return ends ? [ends] : [];
      }),
    [edges, layout],
  );

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    let colours = resolveColours(element);
    let frame = 0;
    let view = { x: 0, y: 0, width: 0, height: 0, zoom: 1 };

    const draw = (): void => {
      frame = 0;
      const ratio = devicePixelRatio;
      element.width = view.width * view.zoom * ratio;
      element.height = view.height * view.zoom * ratio;
      const scale = view.zoom * ratio;
      context.setTransform(scale, 0, 0, scale, -view.x * scale, -view.y * scale);
      const right = view.x + view.width;
      const bottom = view.y + view.height;

      context.beginPath();
      for (const { source, target } of lines) {
        if (
          Math.max(source.x, target.x) < view.x ||
          Math.min(source.x, target.x) > right ||
          Math.max(source.y, target.y) < view.y ||
          Math.min(source.y, target.y) > bottom
        )
          continue;
        context.moveTo(source.x, source.y);
        context.lineTo(target.x, target.y);
      }
      context.strokeStyle = colours.edge;
      context.lineWidth = 1.2 / view.zoom;
      context.stroke();

      const states = runStore?.view.getState().nodes;
      for (const [id, box] of layout.boxes) {
        if (layout.isHidden(id) || box.x > right || box.y > bottom || box.x + box.width < view.x || box.y + box.height < view.y) continue;
        const state = states?.get(id);
        const count = counts.get(id);
        const isContainer = layout.isOpenContainer(id);
        const tone: Colour = selected.has(id)
          ? 'accent'
          : state
            ? statusColour[state.status]
            : !runStore && count?.errors
              ? 'failed'
              : !runStore && count?.warnings
                ? 'waiting'
                : 'border-3';
        context.strokeStyle = colours[tone];
        context.lineWidth = (selected.has(id) ? 2.5 : 1) / view.zoom;
        context.fillStyle = selected.has(id) ? colours['accent-tint'] : colours['pending-tint'];
        if (!isContainer) context.fillRect(box.x, box.y, box.width, box.height);
        if (!isContainer && tone !== 'border-3' && tone !== 'accent') {
          context.globalAlpha = 0.35;
          context.fillStyle = colours[tone];
          context.fillRect(box.x, box.y, box.width, box.height);
          context.globalAlpha = 1;
        }
        context.strokeRect(box.x, box.y, box.width, box.height);
      }
    };
    const schedule = (): void => {
      frame ||= requestAnimationFrame(draw);
    };
    const stopView = listen((now) => {
      view = now;
      schedule();
    });
    const stopRun = runStore?.view.subscribe(schedule);
    const scheme = new MutationObserver(() => {
      colours = resolveColours(element);
      schedule();
    });
    scheme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] });
    return () => {
      stopView();
      stopRun?.();
      scheme.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [counts, layout, lines, listen, runStore, selected]);

  return <canvas ref={canvas} className="wf-far" aria-hidden="true" />;
}

/** A token holds light-dark(), which only a real property resolves. */
function resolveColours(beside: HTMLElement): Record<Colour, string> {
  const probe = document.createElement('span');
  beside.after(probe);
  const entries = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries) as Record<Colour, string>; // one entry per name
}
