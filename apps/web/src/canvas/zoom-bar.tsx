import { IconArrowsMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import { useCanvas } from './canvas-context.ts';
import { useCanvasView, useZoomPercent } from './react-flow.ts';

/** Zoom out, the zoom (a click gives 100 %), zoom in, fit. `children` stand before it, behind a divider. */
export function ZoomBar({ side, children }: { side: 'left' | 'right'; children?: ReactNode }) {
  const view = useCanvasView();
  const { bounds } = useCanvas();
  const percent = useZoomPercent();
  return (
    <div className={`wf-bar ${side}`} role="toolbar" aria-label="Canvas tools">
      {children}
      {children ? <span className="divider" /> : null}
      <Button look="ghost" icon={<IconMinus className="ic" aria-hidden="true" />} aria-label="Zoom out" onClick={view.zoomOut} />
      <button type="button" className="wf-zoom" aria-label={`Zoom ${percent} %, back to 100 %`} onClick={() => view.zoomTo(1)}>
        {percent}%
      </button>
      <Button look="ghost" icon={<IconPlus className="ic" aria-hidden="true" />} aria-label="Zoom in" onClick={view.zoomIn} />
      <Button
        look="ghost"
        icon={<IconArrowsMaximize className="ic" aria-hidden="true" />}
        aria-label="Fit to view"
        onClick={() => view.show(bounds())}
      />
    </div>
  );
}
