import { Select } from '@mantine/core';
import { pinnablePorts, pinRefusal, type GraphNode, type Json, type PortId } from '@perdure/graph';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { JsonField, readJson } from '../../components/json-field.tsx';
import { useCommand } from '../commands/use-command.ts';
import { pinNode } from '../document-edits.ts';
import { useDesigner } from '../use-designer.ts';

/** The inspector's tab for trying one step: run it alone or from it on, and pin what it gives. */
export function TestTab({ node, readOnly }: { node: GraphNode; readOnly: boolean }) {
  const step = useCommand('try.step');
  const from = useCommand('try.from-here');
  const container = useCommand('try.container');
  const ports = pinnablePorts(node);
  return (
    <div className="ds-test-tab">
      <section aria-label="Run">
        <div className="row g8">
          <Button size="sm" refusal={step.refusal} onClick={step.run}>
            Run this step…
          </Button>
          <Button size="sm" refusal={from.refusal} onClick={from.run}>
            Run from here…
          </Button>
        </div>
        {node.parent === null ? null : (
          <>
            <p className="s12 t3">A run cannot begin inside a container. It can begin at the container.</p>
            <Button size="sm" refusal={container.refusal} onClick={container.run}>
              Run the container…
            </Button>
          </>
        )}
      </section>
      {ports.length === 0 ? (
        <p className="s12 t3">This kind of step has no output of its own, so nothing can be pinned.</p>
      ) : (
        // Made anew when the pin comes from somewhere else: undo, the key P.
        <Pinned key={`${node.id} ${node.pinned === undefined}`} node={node} readOnly={readOnly} />
      )}
    </div>
  );
}

function Pinned({ node, readOnly }: { node: GraphNode; readOnly: boolean }) {
  const { model } = useDesigner();
  const pin = useCommand('try.pin');
  const { pinned } = node;
  const ports = pinnablePorts(node);
  const given = pinned === undefined ? '' : JSON.stringify(pinned.output, null, 2);
  const [typed, setTyped] = useState<{ text: string; of: string } | null>(null);
  // What was typed stays as it was written as long as it says what is pinned.
  const text = typed && typed.of === given ? typed.text : given;
  const read = readJson(text);
  const port = pinned?.port ?? ports.find(({ kind }) => kind === 'normal')?.id ?? null;
  const refusal = pinned && read.ok ? pinRefusal(node, { ...pinned, output: read.value }) : null;

  const put = (output: Json, next: PortId | null): void => {
    model.change(`Pin ${node.title}`, (document) => pinNode(document, node.id, { output, ...(next !== null && { port: next }) }), {
      mergeKey: `${node.id}.pinned`,
    });
  };
  return (
    <section aria-label="Pinned data" inert={readOnly}>
      <div className="label">
        <span>Pinned data</span>
        <span className="grow" />
        {pinned ? (
          <button type="button" className="plain lnk" onClick={pin.run}>
            Unpin
          </button>
        ) : null}
      </div>
      <p className="s12 t3">In test runs a pinned step is not executed: it gives this, at once. Published versions run without pins.</p>
      {pinned ? (
        <>
          {ports.length > 1 ? (
            <Select
              size="sm"
              label="Leaves by"
              data={ports.map(({ id, label }) => ({ value: id, label }))}
              value={port}
              allowDeselect={false}
              onChange={(next) => {
                const chosen = ports.find(({ id }) => id === next);
                if (chosen) put(pinned.output, chosen.id);
              }}
            />
          ) : null}
          <JsonField
            label={ports.some(({ id, kind }) => id === port && kind === 'exceptional') ? 'Error' : 'Output'}
            value={text}
            rows={6}
            error={refusal}
            onChange={(next) => {
              const value = readJson(next);
              const isGood = value.ok && pinRefusal(node, { ...pinned, output: value.value }) === null;
              setTyped({ text: next, of: isGood ? JSON.stringify(value.value, null, 2) : given });
              if (isGood) put(value.value, pinned.port ?? null);
            }}
          />
        </>
      ) : (
        <div className="row g8">
          <Button size="sm" keys={pin.keys} refusal={pin.refusal} onClick={pin.run}>
            Pin the last output
          </Button>
          <Button size="sm" look="ghost" refusal={pin.refusal} onClick={() => put({}, null)}>
            Write it
          </Button>
        </div>
      )}
    </section>
  );
}
