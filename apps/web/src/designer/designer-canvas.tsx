import { IconBinaryTree2 } from '@tabler/icons-react';
import { standardCatalogue, type Problem } from '@perdure/graph';
import { useMemo } from 'react';
import { GraphCanvas, type CanvasEdits } from '../canvas/graph-canvas.tsx';
import { Legend } from '../canvas/legend.tsx';
import { Minimap } from '../canvas/minimap.tsx';
import { ZoomBar } from '../canvas/zoom-bar.tsx';
import { Button } from '../components/button.tsx';
import { isTyping } from '../components/is-typing.ts';
import { toast } from '../components/toast.tsx';
import { useCommand } from './commands/use-command.ts';
import { titleField, type DesignerModel } from './designer-model.ts';
import type { DesignerSession } from './designer-session.ts';
import { updateNode } from './document-edits.ts';
import { openMenuAt } from './open-context-menu.ts';
import { draggedType } from './palette.tsx';
import { dropNode } from './place-node.ts';
import { problemMarks } from './problem-marks.ts';
import { RunBar } from './run-bar.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { useDesigner, useDesignerValue } from './use-designer.ts';
import type { LiveRun } from './use-live-run.ts';

/** The canvas being edited, with what lies over it: tools, minimap, the run that is watched. */
export function DesignerCanvas({ run }: { run: LiveRun | null }) {
  const designer = useDesigner();
  const { model, stage, state, may } = designer;
  const document = useDesignerValue((at) => at.model.document);
  const selection = useDesignerValue((at) => at.model.selection);
  const problems = useDesignerValue((at) => at.problems);
  const runId = useDesignerValue((at) => at.state.getState().runId);
  const drawn = useDesignerValue(({ screen }) => screen.getState().problem.hovered ?? screen.getState().problem.shown);
  const marks = useMemo(() => drawn && problemMarks(drawn, document), [drawn, document]);
  const edits = useMemo(() => canvasEdits(designer), [designer]);
  const isEmpty = document.nodes.every(({ type }) => type === 'start' || type === 'end');
  return (
    <div
      className="ds-canvas"
      ref={stage.area}
      onContextMenu={(event) => {
        if (!(event.target instanceof Element) || isTyping(event.target)) return;
        event.preventDefault();
        openMenuAt(designer, event.target, { x: event.clientX, y: event.clientY });
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(draggedType)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      }}
      onDrop={(event) => {
        const type = standardCatalogue.get(event.dataTransfer.getData(draggedType));
        if (!type) return;
        event.preventDefault();
        dropNode(designer, type, { x: event.clientX, y: event.clientY });
      }}
    >
      <GraphCanvas
        document={document}
        selection={selection}
        onSelectionChange={(next) => model.select(next)}
        {...(may.edit && { edits })}
        run={run?.store ?? null}
        problems={run ? noProblems : problems}
        marks={run ? null : marks}
        view={stage.view}
        onOpenNode={(id) => model.showField(id, titleField)}
      >
        <ZoomBar side="left">{may.edit ? <TidyButton /> : null}</ZoomBar>
        <Minimap document={document} selected={selection.nodes} />
        {run ? <Legend /> : null}
      </GraphCanvas>
      {!run && may.edit ? <SelectionBar /> : null}
      {run && runId !== null ? (
        <RunBar instanceId={runId} status={run.status} store={run.store} onClose={() => state.setState({ runId: null })} />
      ) : null}
      {!run && may.edit && isEmpty ? (
        <div className="ds-hint">
          <div className="b6">Add the first step</div>
          <p>
            Drag a node from the left, or select the start and press Tab. Connect nodes by dragging from a port at the bottom of one to the
            next.
          </p>
        </div>
      ) : null}
    </div>
  );
}

const noProblems: readonly Problem[] = [];

function TidyButton() {
  const tidy = useCommand('arrange.tidy');
  const tidying = useDesignerValue(({ state }) => state.getState().tidying);
  return (
    <Button look="ghost" icon={<IconBinaryTree2 className="ic" aria-hidden="true" />} busy={tidying} onClick={tidy.run}>
      Tidy
    </Button>
  );
}

function canvasEdits({ model, screen }: DesignerSession): CanvasEdits {
  return {
    onMoved: (moves) => {
      const removed = model.move(moves);
      if (removed > 0) sayEdgesRemoved(model, removed);
    },
    onConnect: (connection) => model.connect(connection),
    onReconnect: (edge, connection) => model.reconnect(edge, connection),
    onWireDropped: (from, at) => screen.setState({ quickAdd: { ...at, from } }),
    onInsertOnEdge: (edge, at) => screen.setState({ quickAdd: { ...at, edge } }),
    onToggleCollapsed: (id) =>
      model.change('Collapse', (before) =>
        updateNode(before, id, (node) => {
          const { collapsed, ...rest } = node;
          return collapsed ? rest : { ...rest, collapsed: true };
        }),
      ),
    onRefused: (reason) => toast({ shape: 'warning', title: 'Not connected', detail: reason }),
  };
}

function sayEdgesRemoved(model: DesignerModel, removed: number): void {
  toast({
    shape: 'warning',
    title: removed === 1 ? 'One edge was removed' : `${removed} edges were removed`,
    detail: 'An edge cannot cross the rim of a container.',
    action: { label: 'Undo', run: () => model.undo() },
  });
}
