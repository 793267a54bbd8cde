import { errorPort } from '@perdure/graph';
import { portGrab } from './canvas-elements.ts';
import type { CanvasNodeData } from './canvas-elements.ts';
import { useCanvas } from './canvas-context.ts';
import { isErrorPort } from './error-port.ts';
import type { NodeRun } from './fold-run-state.ts';
import { Handle, Position } from './react-flow.ts';

/** A node's ports: the arrowhead on top, circles below, diamonds at the right. Drawn inside the larger area that can be grabbed. */
export function NodePorts({ data, run, valid }: { data: CanvasNodeData; run: NodeRun | undefined | null; valid: boolean }) {
  const { editable } = useCanvas();
  const { node, ports, input, connected } = data;
  const tone = run === null ? '' : run === undefined ? 'idle' : run.status === 'running' || run.status === 'waiting' ? 'active' : 'taken';
  return (
    <>
      {input ? (
        <Handle
          id="in"
          type="target"
          position={Position.Top}
          className="wf-grab in"
          isConnectableStart={false}
          style={{ left: input.x, top: 0 }}
          {...(editable ? { role: 'img', 'aria-label': `${node.title}: In` } : { 'aria-hidden': true })}
        >
          {valid ? <i className="wf-halo" /> : null}
          <i className={`wf-port in ${tone}`} />
        </Handle>
      ) : null}
      {ports.map(({ port, position }) => {
        const exceptional = port.kind === 'exceptional';
        const left =
          run === null
            ? ''
            : run?.ports.includes(port.id) || (run?.status === 'completed' && !exceptional && run.ports.length === 0)
              ? 'taken'
              : 'idle';
        return (
          <Handle
            key={port.id}
            id={port.id}
            type="source"
            position={position.side === 'right' ? Position.Right : Position.Bottom}
            className="wf-grab"
            isConnectableEnd={false}
            style={{ left: position.x, top: position.y, width: portGrab, height: portGrab }}
            {...(editable ? { role: 'img', 'aria-label': `${node.title}: ${port.label}`, title: port.label } : { 'aria-hidden': true })}
          >
            <i
              className={`wf-port ${exceptional && isErrorPort(node.type, port.id) ? 'err' : 'out'} ${connected.has(port.id) ? 'used' : ''} ${port === errorPort ? '' : 'catch'} ${left}`}
            />
          </Handle>
        );
      })}
    </>
  );
}

/**
 * Where the ports would be, for blocks that draw none. React Flow measures what it mounts and would forget the handles it was given:
 * edges need them to know where they end.
 */
export function PortGhosts({ data: { ports, input } }: { data: CanvasNodeData }) {
  return (
    <>
      {input ? <i className="wf-ghost in target" data-handleid="in" data-handlepos="top" style={{ left: input.x, top: 0 }} /> : null}
      {ports.map(({ port, position }) => (
        <i
          key={port.id}
          className="wf-ghost source"
          data-handleid={port.id}
          data-handlepos={position.side === 'right' ? 'right' : 'bottom'}
          style={{ left: position.x, top: position.y, width: portGrab, height: portGrab }}
        />
      ))}
    </>
  );
}
