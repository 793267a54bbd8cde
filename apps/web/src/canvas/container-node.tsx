import { errorPort } from '@perdure/graph';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { memo } from 'react';
import { StatusIcon } from '../status/status-icon.tsx';
import { useCanvas, useNodeRun, useTakesDrop, useWireRole } from './canvas-context.ts';
import type { NodeRun } from './fold-run-state.ts';
import { NodeIcon } from './node-icon.tsx';
import { NodePorts } from './node-ports.tsx';
import { NodeProblems, plural } from './node-problems.tsx';
import { ringClass } from './node-words.ts';
import { useZoomLevel, type CanvasNode, type NodeProps } from './react-flow.ts';
import { ResizeHandles } from './resize-handles.tsx';
import { NodeBlock, NodeLabel } from './step-node.tsx';

export const ContainerNode = memo(function ContainerNode({ data, selected, dragging }: NodeProps<CanvasNode>) {
  const { node, type, ports, summary, inside, width, height } = data;
  const { editable, toggleCollapsed } = useCanvas();
  const run = useNodeRun(node);
  const wire = useWireRole(node.id);
  const takes = useTakesDrop(node.id);
  const level = useZoomLevel();
  const collapsed = node.collapsed ?? false;
  if (level === 'block' && collapsed) return <NodeBlock data={data} run={run} selected={selected} />;
  const state = [
    run === undefined ? 'todo' : run ? ringClass[run.status] : '',
    selected ? 'sel' : '',
    dragging ? 'drag' : '',
    collapsed ? 'fold' : '',
    takes ? 'takes' : '',
    wire === 'faded' ? 'faded' : '',
  ].join(' ');
  const Chevron = collapsed ? IconChevronRight : IconChevronDown;
  const share = run?.items?.total ? run.items.done / run.items.total : null;
  return (
    <div className={`wf-container ${state}`} style={{ width, height }}>
      <NodeLabel data={data} run={run} />
      <div className="wf-container-header">
        <button
          type="button"
          className="wf-chevron nodrag"
          aria-label={collapsed ? `Open ${node.title}` : `Collapse ${node.title}`}
          aria-expanded={!collapsed}
          tabIndex={-1}
          disabled={!editable}
          onClick={(event) => {
            event.stopPropagation();
            toggleCollapsed(node.id);
          }}
        >
          <Chevron className="ic" size={13} aria-hidden="true" />
        </button>
        <span className="wf-container-title" aria-hidden="true">
          <NodeIcon name={type?.icon} size={14} />
          <span className="wf-title">{node.title}</span>
        </span>
        <span className={`wf-container-note ${run?.status === 'running' ? 'run' : ''}`} aria-hidden="true">
          {collapsed && !run ? `${plural(inside, 'node')} inside` : (itemsNote(run) ?? summary)}
        </span>
        {(run ? run.pinned : run === null && node.pinned) ? (
          <span className="nb" aria-hidden="true">
            Pinned
          </span>
        ) : null}
        {run ? <StatusIcon shape={run.status} /> : null}
        {share === null ? null : (
          <span className={`wf-progress ${run?.status ?? ''}`}>
            <i style={{ transform: `scaleX(${Math.min(1, share)})` }} />
          </span>
        )}
      </div>
      {collapsed
        ? null
        : ports.map(({ port, position }) =>
            port.kind === 'exceptional' && port !== errorPort ? (
              <span
                key={port.id}
                className="wf-port-label inside"
                style={{ right: width - position.x + 16, top: position.y - 8 }}
                aria-hidden="true"
              >
                {port.label}
              </span>
            ) : null,
          )}
      <NodePorts data={data} run={run} valid={wire === 'target'} />
      <NodeProblems id={node.id} />
      {editable && selected && !collapsed ? <ResizeHandles element={node.id} /> : null}
    </div>
  );
});

/** "11 of 20" for items, "Pass 3" for passes. */
function itemsNote(run: NodeRun | undefined | null): string | null {
  if (!run?.items) return null;
  const { done, running, total } = run.items;
  if (total === null) return `Pass ${Math.max(1, done + running)}`;
  return `${done} of ${total}`;
}
