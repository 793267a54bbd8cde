import { IconArrowBackUp, IconArrowForwardUp, IconBinaryTree2, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import {
  standardCatalogue,
  nodeSize,
  type EdgeId,
  type NodeId,
  type NodeType,
  type PortId,
  type Problem,
  type WorkflowDocument,
} from '@perdure/graph';
import type { WorkflowDetail } from '@perdure/server/contract';
import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent } from 'react';
import { useStore } from 'zustand';
import { client, trpc } from '../api/trpc.ts';
import { useMay } from '../api/use-me.ts';
import { CanvasLayout } from '../canvas/canvas-layout.ts';
import { GraphCanvas, type CanvasEdits } from '../canvas/graph-canvas.tsx';
import { Legend } from '../canvas/legend.tsx';
import { Minimap } from '../canvas/minimap.tsx';
import type { CanvasView } from '../canvas/react-flow.ts';
import { ZoomBar } from '../canvas/zoom-bar.tsx';
import { Button } from '../components/button.tsx';
import { toast, toastError } from '../components/toast.tsx';
import { Breadcrumb, TopBar } from '../shell/top-bar.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { fitContainers, placeInside, updateNode } from './document-edits.ts';
import { Inspector } from './inspector.tsx';
import { titleField } from './designer-model.ts';
import { draggedType, Palette } from './palette.tsx';
import { ProblemsPanel } from './problems-panel.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { QuickAdd } from './quick-add.tsx';
import { RunBar } from './run-bar.tsx';
import { RunDialog } from './run-dialog.tsx';
import { SaveMark } from './save-mark.tsx';
import { tidy } from './tidy.ts';
import { unfinishedProblems } from './unfinished-json.ts';
import { useDesignerKeys } from './use-designer-keys.ts';
import { useDraft } from './use-draft.ts';
import { useLiveRun } from './use-live-run.ts';
import { useProblemsCheck } from './use-problems-check.ts';
import { WorkflowPanel } from './workflow-panel.tsx';

interface QuickAddAt {
  client: { x: number; y: number };
  from?: { node: NodeId; port: PortId };
  canvas?: { x: number; y: number };
  edge?: EdgeId;
}

export function Designer({ detail }: { detail: WorkflowDetail }) {
  const mayEdit = useMay('workflow.edit');
  const mayPublish = useMay('workflow.publish');
  const mayStart = useMay('instance.start');
  const queries = useQueryClient();
  const { model, saver, status } = useDraft(detail, mayEdit);
  const { document, selection, problems: found, unfinished, undoLabel, redoLabel, focusField } = useStore(model.view);
  const problems = useMemo(() => [...unfinishedProblems(document, unfinished), ...found], [document, found, unfinished]);
  const canvas = useRef<CanvasView>(null);
  const middle = useRef<HTMLDivElement>(null);
  const [quickAdd, setQuickAdd] = useState<QuickAddAt | null>(null);
  const [dialog, setDialog] = useState<'publish' | 'run' | 'conflict' | null>(null);
  const [drawerOpen, setDrawerOpen] = useState(true);
  const [runId, setRunId] = useState<string | null>(null);
  const [tidying, setTidying] = useState(false);
  // What became known by publishing here; the loaded detail is not fetched again while editing.
  const [published, setPublished] = useState({ version: detail.latestVersion, revision: detail.latestVersionDraftRevision });
  const run = useLiveRun(runId);
  const sample = useQuery(trpc.workflows.lastRun.queryOptions({ key: detail.key }, { staleTime: 30_000 }));
  const fitted = useRef(false);
  const checked = useProblemsCheck(document, (found) => {
    model.setProblems(found);
    // The drawer opens with the first findings and takes room: what was fitted before it is fitted again, once.
    if (!fitted.current)
      requestAnimationFrame(() =>
        canvas.current?.show(new CanvasLayout(model.document, standardCatalogue).bounds(), { fromTop: true, instantly: true }),
      );
    fitted.current = true;
  });

  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  const differs = published.version === null || saver.hasUnsaved || saver.revision !== published.revision;
  const publishRefusal = !mayPublish
    ? 'Your role may not publish'
    : errors > 0
      ? `Fix ${errors} error${errors === 1 ? '' : 's'}`
      : !differs
        ? `Nothing to publish: v${published.version} is the same`
        : !checked.current
          ? 'Checking the workflow'
          : status.state === 'conflict' || status.state === 'refused'
            ? 'Save the draft'
            : null;

  useEffect(() => {
    if (status.state === 'conflict') setDialog('conflict');
  }, [status.state]);

  // The first look at a run's end brings new sample data for expressions.
  const runStatus = run?.status;
  useEffect(() => {
    if (runStatus === 'Completed' || runStatus === 'Failed')
      void queries.invalidateQueries({ queryKey: trpc.workflows.lastRun.queryKey() });
  }, [queries, runStatus]);

  const add = useCallback(
    (type: NodeType, at?: QuickAddAt): void => {
      if (!mayEdit) return;
      if (at?.edge !== undefined) model.insertOnEdge(at.edge, type);
      else if (at?.from && at.canvas) {
        // Where the wire was dropped, its arrowhead on the pointer; inside its own container the place is found instead.
        const layout = new CanvasLayout(model.document, standardCatalogue);
        const source = model.document.nodes.find(({ id }) => id === at.from?.node);
        const isBody =
          source &&
          standardCatalogue
            .get(source.type)
            ?.ports(source.config)
            .some((port) => port.kind === 'inner' && port.id === at.from?.port);
        const size = nodeSize({ type: type.key, config: type.defaultConfig() });
        if (source && isBody) model.add(type, { from: at.from, place: placeInside(model.document, source, size) });
        else {
          const parent = source?.parent ?? null;
          const origin = parent === null ? { x: 0, y: 0 } : (layout.boxes.get(parent) ?? { x: 0, y: 0 });
          model.add(type, {
            from: at.from,
            place: { parent, position: { x: Math.round(at.canvas.x - origin.x - size.width / 2), y: Math.round(at.canvas.y - origin.y) } },
          });
        }
      } else model.add(type, at?.from ? { from: at.from } : {});
      const [added] = model.selection.nodes;
      requestAnimationFrame(() => added && reveal(canvas.current, model.document, added));
    },
    [mayEdit, model],
  );

  const edits = useMemo<CanvasEdits>(
    () => ({
      onMoved: (moves) => {
        const removed = model.move(moves);
        if (removed > 0) {
          toast({
            shape: 'warning',
            title: removed === 1 ? 'One edge was removed' : `${removed} edges were removed`,
            detail: 'An edge cannot cross the rim of a container.',
            action: { label: 'Undo', run: () => model.undo() },
          });
        }
      },
      onConnect: (connection) => model.connect(connection),
      onReconnect: (edge, connection) => model.reconnect(edge, connection),
      onWireDropped: (from, at) => setQuickAdd({ ...at, from }),
      onInsertOnEdge: (edge, at) => setQuickAdd({ ...at, edge }),
      onToggleCollapsed: (id) =>
        model.change('Collapse', (before) =>
          updateNode(before, id, (node) => {
            const { collapsed, ...rest } = node;
            return collapsed ? rest : { ...rest, collapsed: true };
          }),
        ),
      onRefused: (reason) => toast({ shape: 'warning', title: 'Not connected', detail: reason }),
    }),
    [model],
  );

  const visibleCentre = (): { x: number; y: number } => {
    const view = canvas.current?.visible() ?? { x: 0, y: 0, width: 0, height: 0 };
    return { x: Math.round(view.x + view.width / 2 - 108), y: Math.round(view.y + view.height / 3) };
  };

  const openQuickAdd = (): void => {
    if (!mayEdit) return;
    const box = middle.current?.getBoundingClientRect();
    const node = model.selectedNode;
    const element = node
      ? middle.current?.querySelector(`.react-flow__node[data-id="${CSS.escape(node.id)}"]`)?.getBoundingClientRect()
      : undefined;
    setQuickAdd({
      client: element
        ? { x: element.left, y: element.bottom + 12 }
        : { x: (box?.left ?? 0) + (box?.width ?? 0) / 2 - 130, y: (box?.top ?? 0) + 80 },
    });
  };

  useDesignerKeys(model, {
    save: () => void saver.flush(),
    run: () => setDialog('run'),
    quickAdd: openQuickAdd,
    rename: () => model.selectedNode && model.showField(model.selectedNode.id, titleField),
    openInspector: () => {
      const control = globalThis.document.querySelector(
        '.ds-inspector-body input, .ds-inspector-body select, .ds-inspector-body .cm-content',
      );
      if (control instanceof HTMLElement) control.focus();
      else if (model.selectedNode) model.showField(model.selectedNode.id, titleField);
    },
    visibleCentre,
    zoom: (by) => {
      if (by === 'in') canvas.current?.zoomIn();
      else if (by === 'out') canvas.current?.zoomOut();
      else if (by === 'reset') canvas.current?.zoomTo(1);
      else canvas.current?.show(new CanvasLayout(model.document, standardCatalogue).bounds());
    },
    reveal: () => {
      const [chosen] = model.selection.nodes;
      if (chosen) reveal(canvas.current, model.document, chosen);
    },
  });

  const onTidy = async (): Promise<void> => {
    setTidying(true);
    try {
      const places = await tidy(model.document);
      model.change('Tidy', (before) => ({
        ...fitContainers({
          ...before,
          nodes: before.nodes.map((node) => {
            const place = places.get(node.id);
            return place ? { ...node, position: place.position, ...(place.size && { size: place.size }) } : node;
          }),
        }),
      }));
      requestAnimationFrame(() => canvas.current?.show(new CanvasLayout(model.document, standardCatalogue).bounds(), { fromTop: true }));
    } catch (error) {
      toastError(error);
    } finally {
      setTidying(false);
    }
  };

  const onShow = (problem: Problem): void => {
    const edge = problem.edge === undefined ? undefined : document.edges.find(({ id }) => id === problem.edge);
    const node = problem.node ?? edge?.source;
    if (node === undefined) return;
    if (edge && problem.node === undefined) model.select({ nodes: new Set(), edges: new Set([edge.id]) });
    else model.selectNode(node);
    const layout = new CanvasLayout(document, standardCatalogue);
    const box = layout.boxes.get(node);
    if (box) canvas.current?.center(box.x + box.width / 2, box.y + box.height / 2);
    if (problem.field !== undefined && problem.node !== undefined) model.showField(problem.node, problem.field);
  };

  const save = async (): Promise<number | null> => {
    await saver.flush();
    return saver.hasUnsaved ? null : saver.revision;
  };

  const publishDraft = async (): Promise<number | null> => {
    const draftRevision = await save();
    if (draftRevision === null) return null;
    try {
      const result = await client.workflows.publish.mutate({ key: detail.key, draftRevision });
      if (!result.ok) {
        model.setProblems(result.problems);
        return null;
      }
      setPublished({ version: result.version, revision: draftRevision });
      void queries.invalidateQueries({ queryKey: trpc.workflows.list.queryKey() });
      return result.version;
    } catch (error) {
      toastError(error);
      return null;
    }
  };

  const onDrop = (event: DragEvent<HTMLDivElement>): void => {
    const type = standardCatalogue.get(event.dataTransfer.getData(draggedType));
    if (!type || !canvas.current || !mayEdit) return;
    event.preventDefault();
    const at = canvas.current.toCanvas(event.clientX, event.clientY);
    const layout = new CanvasLayout(model.document, standardCatalogue);
    const parent = type.hasInput ? layout.containerAt(at) : null;
    const origin = parent === null ? { x: 0, y: 0 } : (layout.boxes.get(parent) ?? { x: 0, y: 0 });
    const size = nodeSize({ type: type.key, config: type.defaultConfig() });
    const place = {
      parent,
      position: { x: snap(at.x - origin.x - size.width / 2), y: snap(at.y - origin.y - Math.min(size.height, 52) / 2) },
    };
    // The first node of a container hangs on its body at once.
    const container = parent === null ? undefined : model.document.nodes.find(({ id }) => id === parent);
    const body =
      container && !model.document.nodes.some((node) => node.parent === parent)
        ? standardCatalogue
            .get(container.type)
            ?.ports(container.config)
            .find((port) => port.kind === 'inner')
        : undefined;
    model.selectNode(null);
    model.add(type, { place, ...(container && body && { from: { node: container.id, port: body.id } }) });
  };

  const hasStart = document.nodes.some(({ type }) => standardCatalogue.get(type)?.hasInput === false);
  const [onlyNode] = selection.nodes;
  const node = selection.nodes.size === 1 ? document.nodes.find(({ id }) => id === onlyNode) : undefined;
  const chosen = selection.nodes.size + selection.edges.size;

  return (
    <>
      <TopBar>
        <Breadcrumb crumbs={[{ label: 'Workflows', to: { to: '/workflows' } }]} current={detail.title} />
        <span className="tag">
          {published.version === null ? 'Draft' : differs ? `Draft of v${published.version + 1}` : `v${published.version}`}
        </span>
        <SaveMark status={status} onConflict={() => setDialog('conflict')} />
        <span className="grow" />
        <Button
          look="ghost"
          icon={<IconArrowBackUp className="ic" aria-hidden="true" />}
          aria-label={undoLabel === null ? 'Undo' : `Undo: ${undoLabel}`}
          refusal={undoLabel === null ? 'Nothing to undo' : null}
          onClick={() => model.undo()}
        />
        <Button
          look="ghost"
          icon={<IconArrowForwardUp className="ic" aria-hidden="true" />}
          aria-label={redoLabel === null ? 'Redo' : `Redo: ${redoLabel}`}
          refusal={redoLabel === null ? 'Nothing to redo' : null}
          onClick={() => model.redo()}
        />
        <span className="divider" />
        <Button
          icon={<IconPlayerPlay className="ic" stroke={1.8} aria-hidden="true" />}
          keys={['Ctrl', 'Enter']}
          refusal={mayStart ? null : 'Your role may not start instances'}
          onClick={() => setDialog('run')}
        >
          Run
        </Button>
        {errors > 0 ? (
          <span className="ds-blocked">
            <StatusIcon shape="error" />
            {errors === 1 ? '1 error blocks publishing' : `${errors} errors block publishing`}
          </span>
        ) : null}
        <Button look="primary" refusal={publishRefusal} onClick={() => setDialog('publish')}>
          Publish
        </Button>
      </TopBar>
      <div className={`ds-work ${mayEdit ? '' : 'looking'}`}>
        {mayEdit ? <Palette onAdd={(type) => add(type)} hasStart={hasStart} /> : null}
        <div className="ds-middle">
          <div
            className="ds-canvas"
            ref={middle}
            onDragOver={(event) => {
              if (!event.dataTransfer.types.includes(draggedType)) return;
              event.preventDefault();
              event.dataTransfer.dropEffect = 'copy';
            }}
            onDrop={onDrop}
          >
            <GraphCanvas
              document={document}
              selection={selection}
              onSelectionChange={(next) => model.select(next)}
              {...(mayEdit && { edits })}
              run={run?.store ?? null}
              problems={run ? noProblems : problems}
              view={canvas}
              onOpenNode={(id) => model.showField(id, titleField)}
            >
              <ZoomBar side="left">
                {mayEdit ? (
                  <Button
                    look="ghost"
                    icon={<IconBinaryTree2 className="ic" aria-hidden="true" />}
                    busy={tidying}
                    onClick={() => void onTidy()}
                  >
                    Tidy
                  </Button>
                ) : null}
              </ZoomBar>
              <Minimap document={document} selected={selection.nodes} />
              {run ? <Legend /> : null}
            </GraphCanvas>
            {run && runId !== null ? (
              <RunBar instanceId={runId} status={run.status} store={run.store} onClose={() => setRunId(null)} />
            ) : null}
            {!run && mayEdit && document.nodes.every(({ type }) => type === 'start' || type === 'end') ? (
              <div className="ds-hint">
                <div className="b6">Add the first step</div>
                <p>
                  Drag a node from the left, or select the start and press Tab. Connect nodes by dragging from a port at the bottom of one
                  to the next.
                </p>
              </div>
            ) : null}
          </div>
          <ProblemsPanel
            problems={problems}
            document={document}
            open={drawerOpen}
            onToggle={() => setDrawerOpen(!drawerOpen)}
            onShow={onShow}
          />
        </div>
        {node ? (
          <Inspector
            key={inspectorKey(node.type)}
            model={model}
            node={node}
            document={document}
            problems={problems}
            readOnly={!mayEdit}
            sample={sample.data ?? null}
            focusField={focusField}
          />
        ) : (
          <WorkflowPanel detail={detail} document={document} selected={chosen} readOnly={!mayEdit} />
        )}
      </div>
      {quickAdd ? (
        <QuickAdd
          at={quickAdd.client}
          onClose={() => {
            setQuickAdd(null);
            middle.current?.querySelector<HTMLElement>('.wf-focus')?.focus();
          }}
          onPick={(type) => {
            add(type, quickAdd);
            setQuickAdd(null);
            middle.current?.querySelector<HTMLElement>('.wf-focus')?.focus();
          }}
        />
      ) : null}
      <PublishDialog
        opened={dialog === 'publish'}
        workflowKey={detail.key}
        nextVersion={(published.version ?? 0) + 1}
        warnings={warnings}
        save={save}
        onProblems={(found) => model.setProblems(found)}
        onPublished={(version) => setPublished({ version, revision: saver.revision })}
        onClose={() => setDialog(null)}
      />
      <RunDialog
        opened={dialog === 'run'}
        workflowKey={detail.key}
        document={document}
        latestVersion={published.version}
        differs={differs}
        publishRefusal={publishRefusal}
        lastInput={sample.data?.input}
        publish={publishDraft}
        onStarted={(id) => {
          setDialog(null);
          model.selectNode(null);
          setRunId(id);
        }}
        onClose={() => setDialog(null)}
      />
      {status.state === 'conflict' ? (
        <ConflictDialog
          opened={dialog === 'conflict'}
          workflowKey={detail.key}
          mine={document}
          theirs={status.theirs}
          onClose={() => setDialog(null)}
          onMine={() => {
            setDialog(null);
            void saver.keepMine();
          }}
          onTheirs={() => {
            const theirs = saver.takeTheirs();
            setDialog(null);
            if (theirs) model.reset(theirs);
          }}
        />
      ) : null}
    </>
  );
}

const noProblems: readonly Problem[] = [];

/** Switching between nodes of one type keeps the open tab; the fields themselves are keyed by node. */
function inspectorKey(type: string): string {
  return type;
}

/** Brings a node into view only when it is not in it: the canvas should not jump under somebody's hands. */
function reveal(view: CanvasView | null, document: WorkflowDocument, id: NodeId): void {
  if (!view) return;
  const box = new CanvasLayout(document, standardCatalogue).boxes.get(id);
  const seen = view.visible();
  if (!box) return;
  const isIn =
    box.x >= seen.x &&
    box.y >= seen.y &&
    box.x + box.width <= seen.x + seen.width &&
    box.y + box.height <= seen.y + seen.height - 70 / view.zoom();
  if (!isIn) view.center(box.x + box.width / 2, box.y + box.height / 2);
}

function snap(value: number): number {
  return Math.round(value / 4) * 4;
}
