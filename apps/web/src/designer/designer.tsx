import { useQueryClient } from '@tanstack/react-query';
import { standardCatalogue } from '@perdure/graph';
import type { WorkflowDetail } from '@perdure/server/contract';
import { useEffect } from 'react';
import { trpc } from '../api/trpc.ts';
import { useCommandKeys } from './commands/use-command-keys.ts';
import { ContextMenu } from './context-menu.tsx';
import { DesignerCanvas } from './designer-canvas.tsx';
import { DesignerDialogs } from './designer-dialogs.tsx';
import type { DesignerSession } from './designer-session.ts';
import { DesignerTopBar } from './designer-top-bar.tsx';
import { Inspector } from './inspector.tsx';
import { Outline } from './outline.tsx';
import { Palette } from './palette.tsx';
import { addNode, goesOnEdge } from './place-node.ts';
import { ProblemsPanel } from './problems-panel.tsx';
import { QuickAdd } from './quick-add.tsx';
import { DesignerContext, useDesigner, useDesignerValue } from './use-designer.ts';
import { useLiveRun, type LiveRun } from './use-live-run.ts';
import { useProblemsCheck } from './use-problems-check.ts';
import { useSampleRun } from './use-sample-run.ts';
import { useSession } from './use-session.ts';
import { WorkflowPanel } from './workflow-panel.tsx';

/** The designer of one workflow: what stands where. What it does is in the session and its commands. */
export function Designer({ detail, firstNode }: { detail: WorkflowDetail; firstNode: string | null }) {
  const session = useSession(detail);
  useEffect(() => {
    const node = session.model.document.nodes.find(({ id }) => id === firstNode);
    if (node) session.model.selectNode(node.id);
  }, [session, firstNode]);
  useCommandKeys(session);
  return (
    <DesignerContext value={session}>
      <DesignerTopBar title={detail.title} />
      <Workplace detail={detail} />
      <QuickAddOverlay />
      <ContextMenu />
      <DesignerDialogs />
    </DesignerContext>
  );
}

function Workplace({ detail }: { detail: WorkflowDetail }) {
  const designer = useDesigner();
  const run = useWatchedRun();
  useChecking(designer);
  const document = useDesignerValue(({ model }) => model.document);
  const left = useDesignerValue(({ screen }) => screen.getState().left);
  const hasStart = document.nodes.some(({ type }) => standardCatalogue.get(type)?.hasInput === false);
  return (
    <div className={`ds-work ${left === 'outline' ? 'with-outline' : designer.may.edit ? '' : 'looking'}`}>
      {left === 'outline' ? (
        <Outline />
      ) : designer.may.edit ? (
        <Palette onAdd={(type) => addNode(designer, type)} hasStart={hasStart} />
      ) : null}
      <div className="ds-middle">
        <DesignerCanvas run={run} />
        <ProblemsPanel />
      </div>
      <RightPanel detail={detail} />
    </div>
  );
}

/** The selected node's form; without one, the workflow itself. */
function RightPanel({ detail }: { detail: WorkflowDetail }) {
  const { model, may } = useDesigner();
  const { document, selection, focusField } = useDesignerValue((designer) => designer.model.view.getState());
  const problems = useDesignerValue((designer) => designer.problems);
  const sample = useSampleRun();
  const [only] = selection.nodes;
  const node = selection.nodes.size === 1 ? document.nodes.find(({ id }) => id === only) : undefined;
  if (!node) {
    return <WorkflowPanel detail={detail} document={document} selection={selection} readOnly={!may.edit} />;
  }
  return (
    <Inspector
      // Switching between nodes of one type keeps the open tab; the fields themselves are keyed by node.
      key={node.type}
      model={model}
      node={node}
      document={document}
      problems={problems}
      readOnly={!may.edit}
      sample={sample}
      focusField={focusField}
    />
  );
}

function QuickAddOverlay() {
  const designer = useDesigner();
  const at = useDesignerValue(({ screen }) => screen.getState().quickAdd);
  if (!at) return null;
  const close = (): void => designer.screen.setState({ quickAdd: null });
  return (
    <QuickAdd
      at={at.client}
      fits={(type) => (at.edge === undefined ? type.hasInput : goesOnEdge(type))}
      onClose={close}
      onPick={(type) => {
        addNode(designer, type, at);
        close();
      }}
    />
  );
}

/** The instance watched on the canvas. The first look at its end brings new sample data for expressions. */
function useWatchedRun(): LiveRun | null {
  const queries = useQueryClient();
  const run = useLiveRun(useDesignerValue(({ state }) => state.getState().runId));
  const status = run?.status;
  useEffect(() => {
    if (status === 'Completed' || status === 'Failed') void queries.invalidateQueries({ queryKey: trpc.workflows.lastRun.queryKey() });
  }, [queries, status]);
  return run;
}

function useChecking({ model, state }: DesignerSession): void {
  const document = useDesignerValue((designer) => designer.model.document);
  useProblemsCheck(document, (found, checked) => {
    model.setProblems(found);
    state.setState({ checked });
  });
}
