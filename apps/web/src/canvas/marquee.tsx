import type { Box } from './obstacle-index.ts';
import { useCanvasView, ViewportPortal } from './react-flow.ts';

/** The frame being drawn around what is to be selected, in canvas pixels. */
export function Marquee({ box: { x, y, width, height } }: { box: Box }) {
  const line = 1 / useCanvasView().zoom();
  return (
    <ViewportPortal>
      <div className="wf-marquee" style={{ transform: `translate(${x}px, ${y}px)`, width, height, borderWidth: line }} />
    </ViewportPortal>
  );
}
