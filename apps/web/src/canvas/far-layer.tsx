import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { useCanvas } from './canvas-context.ts';
import type { CanvasLayout } from './canvas-layout.ts';
import type { CanvasMarks } from './canvas-marks.ts';
import { drawNode, drawSheet, resolveColours, type FarScene } from './far-sheet.ts';
import { isInside, type Box } from './obstacle-index.ts';
import { useViewportListener } from './react-flow.ts';
import type { Point } from './route-ends.ts';
import { grown } from './use-drawn-area.ts';

/** From this many nodes on, a view from far is drawn on one bitmap instead of mounting an element per node. */
export const farFrom = 120;

/** After the zoom has stood still for so long it is drawn anew; until then the bitmap is stretched. */
const sharpenAfterMs = 90;

interface FarLayerProps {
  layout: CanvasLayout;
  /** Element ids: those of nodes, and of notes. */
  selected: ReadonlySet<string>;
  moved: ReadonlyMap<string, Point> | null;
  marks: CanvasMarks | null;
}

/** Thousands of nodes as blocks and lines: a bitmap somewhat larger than the view, which follows it. */
export function FarLayer({ layout, selected, moved, marks }: FarLayerProps) {
  const element = useRef<HTMLCanvasElement>(null);
  const listen = useViewportListener();
  const { run, problems } = useCanvas();
  const counts = useStore(problems, (state) => state.byNode);
  const runStore = useStore(run, (state) => state.store);
  const scene = useRef<Omit<FarScene, 'run'>>({ layout, selected, problems: counts, moved, marks });
  const redraw = useRef<() => void>(() => {});

  useEffect(() => {
    scene.current = { layout, selected, problems: counts, moved, marks };
    redraw.current();
  }, [counts, layout, marks, moved, selected]);

  useEffect(() => {
    const canvas = element.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    let colours = resolveColours(canvas);
    let sheet: { area: Box; scale: number; ratio: number } | null = null;
    let view = { x: 0, y: 0, width: 0, height: 0, zoom: 1 };
    let shown: FarScene['run'] = null;
    let isStale = true;
    let frame = 0;
    let sharpen: ReturnType<typeof setTimeout> | undefined;

    const draw = (): void => {
      const ratio = devicePixelRatio;
      const { layout: placed } = scene.current;
      // No larger than the graph: all of it in view needs no margin, and never has to be drawn again while panning.
      const area = intersection(grown(view, ratio > 1 ? 0.25 : 0.5), grown(placed.bounds(), 0.02), 40);
      const scale = view.zoom * ratio;
      const width = Math.max(1, Math.ceil(area.width * scale));
      const height = Math.max(1, Math.ceil(area.height * scale));
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      canvas.style.width = `${width / ratio}px`;
      canvas.style.height = `${height / ratio}px`;
      sheet = { area, scale, ratio };
      shown = runStore?.view.getState().nodes ?? null;
      drawSheet(context, colours, sheet, { ...scene.current, run: shown });
      canvas.dataset['drawn'] = 'true';
      isStale = false;
    };

    /** Blocks lie apart from each other: a changed one is painted over its old self. */
    const repaint = (): void => {
      const now = runStore?.view.getState().nodes ?? null;
      if (!sheet || !now || !shown) return draw();
      const before = shown;
      shown = now;
      const { layout: placed } = scene.current;
      const all: FarScene = { ...scene.current, run: now };
      const inSheet = sheet;
      for (const [id, state] of now) {
        if (before.get(id)?.status === state.status || placed.isHidden(id)) continue;
        const box = placed.boxes.get(id);
        if (!box || all.moved?.has(id)) continue;
        if (placed.isOpenContainer(id)) return draw();
        if (isInside(box, inSheet.area)) drawNode(context, colours, inSheet, all, id, box);
      }
    };

    const show = (): void => {
      frame = 0;
      if (view.width === 0) return;
      const visible = sheet && intersection(view, grown(scene.current.layout.bounds(), 0.02), 40);
      const stretch = sheet ? (view.zoom * sheet.ratio) / sheet.scale : 1;
      if (!sheet || isStale || !visible || !isInside(visible, sheet.area) || stretch > 1.6 || stretch < 0.5) draw();
      else if (runStore && shown !== runStore.view.getState().nodes) repaint();
      if (!sheet) return;
      const by = (view.zoom * sheet.ratio) / sheet.scale;
      canvas.style.transform = `translate(${(sheet.area.x - view.x) * view.zoom}px, ${(sheet.area.y - view.y) * view.zoom}px) scale(${by})`;
    };
    const schedule = (): void => {
      frame ||= requestAnimationFrame(show);
    };
    redraw.current = () => {
      isStale = true;
      schedule();
    };
    const stopView = listen((now) => {
      const zoomed = now.zoom !== view.zoom;
      view = now;
      schedule();
      if (!zoomed) return;
      clearTimeout(sharpen);
      sharpen = setTimeout(redraw.current, sharpenAfterMs);
    });
    const stopRun = runStore?.view.subscribe(schedule);
    const scheme = new MutationObserver(() => {
      colours = resolveColours(canvas);
      redraw.current();
    });
    scheme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] });
    return () => {
      stopView();
      stopRun?.();
      scheme.disconnect();
      clearTimeout(sharpen);
      cancelAnimationFrame(frame);
      redraw.current = () => {};
    };
  }, [listen, runStore]);

  return (
    <div className="wf-far-frame" aria-hidden="true">
      <canvas ref={element} className="wf-far" />
    </div>
  );
}

function intersection(a: Box, b: Box, room: number): Box {
  const x = Math.max(a.x, b.x - room);
  const y = Math.max(a.y, b.y - room);
  return {
    x,
    y,
    width: Math.max(0, Math.min(a.x + a.width, b.x + b.width + room) - x),
    height: Math.max(0, Math.min(a.y + a.height, b.y + b.height + room) - y),
  };
}

/** For the blocks of a drag: what is inside a moved container moves along. */
export function withContent(layout: CanvasLayout, moved: ReadonlyMap<string, Point>): ReadonlyMap<string, Point> {
  const all = new Map(moved);
  for (const [id, box] of layout.boxes) {
    if (moved.has(id)) continue;
    const container = layout.containerAmong(id, moved);
    const to = container !== null && moved.get(container);
    const from = container !== null && layout.boxes.get(container);
    if (to && from) all.set(id, { x: box.x + to.x - from.x, y: box.y + to.y - from.y });
  }
  return all;
}
