import { IconBinaryTree2, IconMarquee2, IconNote, type Icon } from '@tabler/icons-react';
import { standardCatalogue, type Problem } from '@perdure/graph';
import { useEffect, useMemo, useRef, useState } from 'react';
import { GraphCanvas, type CanvasEdits } from '../canvas/graph-canvas.tsx';
import { Legend } from '../canvas/legend.tsx';
import { Minimap } from '../canvas/minimap.tsx';
import { ZoomBar } from '../canvas/zoom-bar.tsx';
import { Button } from '../components/button.tsx';
import { isTyping } from '../components/is-typing.ts';
import { toast } from '../components/toast.tsx';
import { useCommand } from './commands/use-command.ts';
import { titleField } from './designer-model.ts';
import type { DesignerSession } from './designer-session.ts';
import { updateNode } from './document-edits.ts';
import { FindBar } from './find-bar.tsx';
import { openMenuAt } from './open-context-menu.ts';
import { draggedType } from './palette.tsx';
import { dropNode, dropTarget } from './place-node.ts';
import { problemMarks } from './problem-marks.ts';
import { RunBar } from './run-bar.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { sayEdgesRemoved } from './wire-actions.ts';
import { readTextFile, useFileDrop } from '../transfer/import-source.tsx';
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
  const editingNote = useDesignerValue((at) => at.model.view.getState().editingNote);
  const tool = useDesignerValue((at) => at.screen.getState().tool);
  const { isOver: isFileOver, handlers: fileDrop } = useFileDrop((file) => void takeFile(designer, file));
  const dragged = useDesignerValue((at) => at.screen.getState().dragged);
  const [dropHint, setDropHint] = useState<ReturnType<typeof dropTarget> | null>(null);
  const edits = useMemo(() => canvasEdits(designer), [designer]);
  const isEmpty = document.nodes.every(({ type }) => type === 'start' || type === 'end');
  // Opened empty, it waits for its first step: the next key is for the canvas, unless somebody is elsewhere already.
  const waits = useRef(isEmpty && may.edit);
  useEffect(() => {
    const { activeElement, body } = window.document;
    if (waits.current && (activeElement === body || activeElement?.id === 'main')) stage.focus();
    waits.current = false;
  }, [stage]);
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
        fileDrop.onDragOver(event);
        if (!event.dataTransfer.types.includes(draggedType)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        // What is dragged can be read only when it is dropped, so the palette has said it.
        const type = dragged === null ? undefined : standardCatalogue.get(dragged);
        const next = type ? dropTarget(designer, type, { x: event.clientX, y: event.clientY }) : null;
        if (next?.edge !== dropHint?.edge || next?.container !== dropHint?.container) setDropHint(next);
      }}
      onDragLeave={(event) => {
        fileDrop.onDragLeave(event);
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropHint(null); // a Node where there is one
      }}
      onDrop={(event) => {
        fileDrop.onDrop(event);
        setDropHint(null);
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
        tool={tool}
        editingNote={editingNote}
        dropHint={dropHint}
        run={run?.store ?? null}
        problems={run ? noProblems : problems}
        marks={run ? null : marks}
        view={stage.view}
        onOpenNode={(id) => model.showField(id, titleField)}
      >
        <ZoomBar side="left">
          {may.edit ? (
            <>
              <ToolButton command="note.add" label="Add note" shape={IconNote} />
              <ToolButton command="view.select-tool" label="Select by dragging" shape={IconMarquee2} pressed={tool === 'select'} />
              <span className="divider" />
              <TidyButton />
            </>
          ) : null}
        </ZoomBar>
        <Minimap document={document} selected={selection.nodes} />
        {run ? <Legend /> : null}
      </GraphCanvas>
      <FindBar />
      {!run && may.edit ? <SelectionBar /> : null}
      {isFileOver ? <div className="tr-drop">Drop the file to look at it</div> : null}
      {run && runId !== null ? (
        <RunBar instanceId={runId} status={run.status} store={run.store} onClose={() => state.setState({ runId: null })} />
      ) : null}
      {!run && may.edit && isEmpty ? (
        <div className="ds-hint">
          <div className="b6">Add the first step</div>
          <p>
            Click a node at the left, drag it here, or press Tab. Connect nodes by dragging from a port at the bottom of one to the next.
          </p>
        </div>
      ) : null}
    </div>
  );
}

const noProblems: readonly Problem[] = [];

function ToolButton({ command, label, shape: Shape, pressed }: { command: string; label: string; shape: Icon; pressed?: boolean }) {
  const { refusal, run } = useCommand(command);
  return (
    <Button
      look="ghost"
      icon={<Shape className="ic" stroke={1.8} aria-hidden="true" />}
      aria-label={label}
      refusal={refusal}
      {...(pressed !== undefined && { pressed })}
      onClick={run}
    />
  );
}

/** A file on the canvas is looked at first: nothing is taken before somebody says so. */
async function takeFile({ may, screen }: DesignerSession, file: File): Promise<void> {
  const read = await readTextFile(file);
  if (!may.edit) toast({ shape: 'warning', title: 'Not imported', detail: 'Your role may look at this workflow, not change it.' });
  else if (!read.ok) toast({ shape: 'warning', title: 'Not imported', detail: read.reason });
  else screen.setState({ dialog: 'import', importText: read.text });
}

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
    onMoved: (nodes, notes) => {
      const removed = model.move(nodes, notes);
      if (removed > 0) sayEdgesRemoved(model, removed);
    },
    onDroppedOnEdge: (move, edge) => model.dropOnEdge(move, edge),
    onResized: (node, box) => model.resize(node, box),
    onNoteResized: (note, box) => model.resizeNote(note, box),
    onNoteText: (note, text) => model.writeNote(note, text),
    onEditNote: (note) => model.editNote(note),
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
