import { IconRefresh } from '@tabler/icons-react';
import { namedOutputs } from '@perdure/graph';
import { memo } from 'react';
import { StatusIcon } from '../status/status-icon.tsx';
import { useCanvas, useNodeRun, useProblems, useWireRole } from './canvas-context.ts';
import { nodeLabelId } from './canvas-elements.ts';
import { isErrorPort } from './error-port.ts';
import type { NodeRun } from './fold-run-state.ts';
import { NodeChip } from './node-icon.tsx';
import { NodePorts, PortGhosts } from './node-ports.tsx';
import { NodeProblems, plural } from './node-problems.tsx';
import { ringClass, runLine, statusShapeOf, statusWord } from './node-words.ts';
import { useZoomLevel, type CanvasNode, type NodeProps } from './react-flow.ts';
import { useNow } from './use-now.ts';

export const StepNode = memo(function StepNode({ data, selected, dragging }: NodeProps<CanvasNode>) {
  const { node, type, ports, width, height, summary } = data;
  const run = useNodeRun(node);
  const wire = useWireRole(node.id);
  const level = useZoomLevel();
  const now = useNow(run?.status === 'waiting' && run.wait !== null && 'until' in run.wait);
  const state = [
    run === undefined ? 'todo' : run ? ringClass[run.status] : '',
    selected ? 'sel' : '',
    dragging ? 'drag' : '',
    node.disabled ? 'off' : '',
    wire === 'faded' ? 'faded' : '',
  ].join(' ');

  if (level === 'block') return <NodeBlock data={data} run={run} selected={selected} />;

  const outputs = namedOutputs(ports.map(({ port }) => port));
  const line = node.disabled ? 'Disabled, passes its input on' : ((run && runLine(run, now)) ?? summary);
  return (
    <div className={`wf-node ${state}`} style={{ width, height }}>
      <NodeLabel data={data} run={run} />
      <div className="wf-head" aria-hidden="true">
        <NodeChip type={type} />
        <div className="wf-text">
          <div className="wf-l1">
            <span className="wf-title">{node.title}</span>
            {run ? <StatusIcon shape={statusShapeOf(run.status)} /> : null}
          </div>
          {level === 'full' ? (
            <div className="wf-l2">
              <span className="wf-summary">{line}</span>
              {(run ? run.pinned : run === null && node.pinned) ? <span className="nb">Pinned</span> : null}
              <Badges run={run} attempts={node.retry?.maxNumberOfAttempts ?? 1} />
            </div>
          ) : null}
        </div>
      </div>
      {outputs.length > 0 ? (
        <div className="wf-outputs" aria-hidden="true">
          {outputs.map((port) => (
            <span key={port.id} className={run?.ports.includes(port.id) ? 'took' : ''}>
              {port.label}
            </span>
          ))}
        </div>
      ) : null}
      {ports.map(({ port, position }) =>
        port.kind === 'exceptional' && !isErrorPort(node.type, port.id) ? (
          // Beside the port; once an edge leaves there, above it.
          <span
            key={port.id}
            className="wf-port-label"
            style={{ left: position.x + 10, top: position.y - (data.connected.has(port.id) ? 18 : 8) }}
            aria-hidden="true"
          >
            {port.label}
          </span>
        ) : null,
      )}
      <NodePorts data={data} run={run} valid={wire === 'target'} />
      <NodeProblems id={node.id} />
    </div>
  );
});

function Badges({ run, attempts }: { run: NodeRun | undefined | null; attempts: number }) {
  if (!run) {
    return attempts > 1 ? (
      <span className="nb">
        <IconRefresh className="ic" size={10} aria-hidden="true" />
        {attempts}×
      </span>
    ) : null;
  }
  const retries =
    run.attempt > 1 || (run.wait?.kind === 'retry' && attempts > 1) || (run.status === 'failed' && attempts > 1 && run.attempt > 0);
  const tone = run.status === 'waiting' ? 'w' : run.status === 'failed' ? 'f' : run.status === 'running' ? 'r' : '';
  return (
    <>
      {retries ? (
        <span className={`nb ${tone}`}>
          <IconRefresh className="ic" size={10} aria-hidden="true" />
          {run.attempt} of {attempts}
        </span>
      ) : null}
      {run.visits > 1 && !retries ? <span className="nb">×{run.visits}</span> : null}
    </>
  );
}

/** What assistive technology and tests read: title, type, status, problems. */
export function NodeLabel({ data: { node, type }, run }: { data: CanvasNode['data']; run: NodeRun | undefined | null }) {
  const { id: canvas, editable } = useCanvas();
  const problems = useProblems(node.id);
  const parts = [
    node.title,
    type?.label ?? node.type,
    run ? statusWord[run.status] : run === undefined ? 'Not reached' : '',
    node.disabled ? 'disabled' : '',
    (run ? run.pinned : run === null && node.pinned) ? 'pinned' : '',
    editable && problems?.errors ? plural(problems.errors, 'error') : '',
    editable && problems?.warnings ? plural(problems.warnings, 'warning') : '',
  ];
  return (
    <span id={nodeLabelId(canvas, node.id)} className="wf-hidden">
      {parts.filter(Boolean).join(', ')}
    </span>
  );
}

/** Far out a node is its shape, its colour and its status. */
export function NodeBlock({ data, run, selected }: { data: CanvasNode['data']; run: NodeRun | undefined | null; selected: boolean }) {
  const problems = useProblems(data.node.id);
  const tone = run ? run.status : problems?.errors ? 'failed' : problems?.warnings ? 'waiting' : '';
  return (
    <div
      className={`wf-block ${tone} ${run === undefined ? 'todo' : ''} ${selected ? 'sel' : ''} ${data.type?.synchronises ? 'round' : ''}`}
      style={{ width: data.width, height: data.height }}
    >
      <NodeLabel data={data} run={run} />
      {run ? <StatusIcon shape={statusShapeOf(run.status)} size={28} /> : null}
      <PortGhosts data={data} />
    </div>
  );
}
