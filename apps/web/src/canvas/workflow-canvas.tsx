import { IconFocus2 } from '@tabler/icons-react';
import type { NodeId, WorkflowDocument } from '@perdure/graph';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import { layoutOf } from './canvas-layout.ts';
import { GraphCanvas, type Selection } from './graph-canvas.tsx';
import { Legend } from './legend.tsx';
import type { CanvasView } from './react-flow.ts';
import type { RunPicture } from './run-store.ts';
import { ZoomBar } from './zoom-bar.tsx';

interface WorkflowCanvasProps {
  document: WorkflowDocument;
  mode: 'view';
  /** From `createRunPicture()`; give it the history's events with `push`. */
  runState?: RunPicture | null;
  selected?: NodeId | null;
  onSelect?(node: NodeId | null): void;
  /** Cards laid over the canvas, for instance the items of a for each. */
  children?: ReactNode;
}

/** A version's canvas to look at, with the state of a run on it. Editing is the designer's. */
export function WorkflowCanvas({ document, runState = null, selected = null, onSelect, children }: WorkflowCanvasProps) {
  const view = useRef<CanvasView>(null);
  const [follows, setFollows] = useState(false);
  const selection = useMemo<Selection>(() => ({ nodes: new Set(selected === null ? [] : [selected]), edges: new Set() }), [selected]);

  useEffect(() => {
    if (!follows || !runState) return;
    let shown: NodeId | null = null;
    const follow = (): void => {
      const { latest } = runState.view.getState();
      if (latest === null || latest === shown) return;
      shown = latest;
      const box = layoutOf(document).boxes.get(latest);
      if (box) view.current?.show(box, { maxZoom: Math.max(0.8, view.current.zoom()) });
    };
    follow();
    return runState.view.subscribe(follow);
  }, [document, follows, runState]);

  return (
    <GraphCanvas
      document={document}
      selection={selection}
      onSelectionChange={({ nodes }) => {
        // A click replaces: of what is chosen now, the one that was not before.
        const next = [...nodes].find((id) => id !== selected) ?? (nodes.has(selected as NodeId) ? selected : null);
        if (next !== selected) onSelect?.(next);
      }}
      run={runState}
      view={view}
      onUserMoved={() => setFollows(false)}
    >
      {runState ? <Legend /> : null}
      <ZoomBar side="right">
        {runState ? (
          <Button
            look="ghost"
            icon={<IconFocus2 className="ic" aria-hidden="true" />}
            pressed={follows}
            onClick={() => setFollows(!follows)}
          >
            Follow
          </Button>
        ) : null}
      </ZoomBar>
      {children}
    </GraphCanvas>
  );
}
