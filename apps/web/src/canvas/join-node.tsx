import { memo } from 'react';
import { StatusIcon } from '../status/status-icon.tsx';
import { useNodeRun, useWireRole } from './canvas-context.ts';
import { NodeIcon } from './node-icon.tsx';
import { NodePorts } from './node-ports.tsx';
import { NodeProblems } from './node-problems.tsx';
import { ringClass } from './node-words.ts';
import { useZoomLevel, type CanvasNode, type NodeProps } from './react-flow.ts';
import { NodeBlock, NodeLabel } from './step-node.tsx';

export const JoinNode = memo(function JoinNode({ data, selected, dragging }: NodeProps<CanvasNode>) {
  const { node, type, summary, incoming, width, height } = data;
  const run = useNodeRun(node);
  const wire = useWireRole(node.id);
  const level = useZoomLevel();
  if (level === 'block') return <NodeBlock data={data} run={run} selected={selected} />;
  const state = [
    run === undefined ? 'todo' : run ? ringClass[run.status] : '',
    selected ? 'sel' : '',
    dragging ? 'drag' : '',
    node.disabled ? 'off' : '',
    wire === 'faded' ? 'faded' : '',
  ].join(' ');
  return (
    <div className={`wf-node join ${state}`} style={{ width, height }} title={node.title}>
      <NodeLabel data={data} run={run} />
      <span className="wf-join" aria-hidden="true">
        <NodeIcon name={type?.icon} size={14} />
        <span>{summary}</span>
        {run?.status === 'waiting' ? (
          <span className="nb w">
            {run.arrived} of {incoming}
          </span>
        ) : run ? (
          <StatusIcon shape={run.status} size={13} />
        ) : null}
      </span>
      <NodePorts data={data} run={run} valid={wire === 'target'} />
      <NodeProblems id={node.id} />
    </div>
  );
});
