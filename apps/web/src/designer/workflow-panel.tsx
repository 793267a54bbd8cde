import { Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { WorkflowDetail } from '@perdure/server/contract';
import { standardCatalogue, type WorkflowDocument } from '@perdure/graph';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import type { Selection } from '../canvas/graph-canvas.tsx';
import { Button } from '../components/button.tsx';
import { Kbd } from '../components/kbd.tsx';
import { toastError } from '../components/toast.tsx';
import { useCommand } from './commands/use-command.ts';

/** The keys worth knowing first; `?` shows them all. */
const firstKeys = ['node.find-type', 'node.add', 'node.open', 'node.rename', 'view.commands', 'workflow.run', 'view.shortcuts'];

/** Shown while nothing is selected: the workflow itself. */
export function WorkflowPanel({
  detail,
  document,
  selection,
  readOnly,
}: {
  detail: WorkflowDetail;
  document: WorkflowDocument;
  selection: Selection;
  readOnly: boolean;
}) {
  const queries = useQueryClient();
  const [title, setTitle] = useState(detail.title);
  const [description, setDescription] = useState(detail.description);
  const rename = useMutation(
    trpc.workflows.rename.mutationOptions({
      onSuccess: () => void queries.invalidateQueries({ queryKey: trpc.workflows.pathKey() }),
      onError: toastError,
    }),
  );
  const save = (): void => {
    const text = title.trim();
    if (text === '') return setTitle(detail.title);
    if (text !== detail.title || description !== detail.description) rename.mutate({ key: detail.key, title: text, description });
  };
  const count = (test: (type: string) => boolean): number => document.nodes.filter((node) => test(node.type)).length;
  const selected = selection.nodes.size + selection.edges.size;
  const facts: [string, number][] = [
    ['Nodes', document.nodes.length],
    ['Edges', document.edges.length],
    ['Human tasks', count((type) => type === 'humanTask')],
    ['Containers', count((type) => standardCatalogue.get(type)?.container ?? false)],
  ];
  return (
    <aside className="ds-inspector" aria-label="Inspector">
      <div className="ds-inspector-head">
        <div className="grow">
          <div className="ds-panel-title">{selected > 1 ? selectionWords(selection) : 'Workflow'}</div>
          <div className="ds-subtitle">
            <span className="mono">{detail.key}</span>
          </div>
        </div>
      </div>
      <div className="ds-inspector-body ruled">
        {selected > 1 ? (
          <p className="t2">
            Drag to move them together. <Kbd>Ctrl</Kbd> <Kbd>C</Kbd> copies, <Kbd>Delete</Kbd> removes.
          </p>
        ) : (
          <div className="ds-fields">
            <div className="ds-field full">
              <TextInput
                size="sm"
                label="Title"
                readOnly={readOnly}
                value={title}
                maxLength={200}
                onChange={(event) => setTitle(event.currentTarget.value)}
                onBlur={save}
              />
            </div>
            <div className="ds-field full">
              <Textarea
                size="sm"
                label="Description"
                readOnly={readOnly}
                placeholder="What it is for"
                autosize
                minRows={3}
                maxRows={10}
                value={description}
                onChange={(event) => setDescription(event.currentTarget.value)}
                onBlur={save}
              />
            </div>
          </div>
        )}
        {selected > 1 ? null : (
          <dl className="ds-facts">
            {facts.map(([label, value]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd className="num">{value}</dd>
              </div>
            ))}
          </dl>
        )}
        {selected > 1 ? null : <ScenariosRow count={document.scenarios?.length ?? 0} />}
        <div className="label">Keys</div>
        <ul className="ds-keys">
          {firstKeys.map((id) => (
            <KeyRow key={id} id={id} />
          ))}
        </ul>
      </div>
    </aside>
  );
}

function ScenariosRow({ count }: { count: number }) {
  const { refusal, run } = useCommand('try.scenarios');
  return (
    <div className="row g8">
      <span className="t2">{count === 0 ? 'No scenarios yet' : count === 1 ? 'One scenario' : `${count} scenarios`}</span>
      <span className="grow" />
      <Button size="sm" refusal={refusal} onClick={run}>
        Scenarios…
      </Button>
    </div>
  );
}

function KeyRow({ id }: { id: string }) {
  const { title, keys } = useCommand(id);
  return (
    <li>
      <span>{title.replace(/…$/, '')}</span>
      <span className="row g4">
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </span>
    </li>
  );
}

/** "14 nodes selected"; edges among them count for the keys, so they are named, too. */
function selectionWords({ nodes, edges }: Selection): string {
  const parts = [counted(nodes.size, 'node'), counted(edges.size, 'edge')].filter((part) => part !== null);
  return `${parts.join(' and ')} selected`;
}

function counted(count: number, word: string): string | null {
  return count === 0 ? null : `${count} ${word}${count === 1 ? '' : 's'}`;
}
