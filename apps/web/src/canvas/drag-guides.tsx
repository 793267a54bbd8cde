import { useStore } from 'zustand';
import { useCanvas } from './canvas-context.ts';
import { ViewportPortal } from './react-flow.ts';

/** Lines and equal gaps while something is moved or resized. */
export function DragGuides() {
  const guides = useStore(useCanvas().hint, (hint) => hint.guides);
  if (guides.length === 0) return null;
  return (
    <ViewportPortal>
      <svg className="wf-guides" aria-hidden="true">
        {guides.map((guide) => {
          if (guide.kind === 'line') {
            const ends =
              guide.axis === 'x'
                ? { x1: guide.at, x2: guide.at, y1: guide.from - 8, y2: guide.to + 8 }
                : { y1: guide.at, y2: guide.at, x1: guide.from - 8, x2: guide.to + 8 };
            return <line key={`${guide.axis}${guide.at}`} {...ends} />;
          }
          const { from, to, across, axis } = guide;
          const path =
            axis === 'x'
              ? `M${from} ${across - 5}v10M${to} ${across - 5}v10M${from} ${across}H${to}`
              : `M${across - 5} ${from}h10M${across - 5} ${to}h10M${across} ${from}V${to}`;
          return <path key={`${axis}${from}-${to}`} d={path} />;
        })}
      </svg>
    </ViewportPortal>
  );
}
