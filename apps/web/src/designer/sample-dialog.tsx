import { useQuery } from '@tanstack/react-query';
import { parseDocument, schemaValues, type Json, type SampleData, type WorkflowDocument } from '@perdure/graph';
import { useMemo, useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { CodeEditor } from './code-editor.tsx';
import { inputSchema } from './input-schema.ts';
import { readJsonText } from './unfinished-json.ts';
import { useDesigner } from './use-designer.ts';

/** Data typed by hand that expressions are tried out on. It is saved with the workflow and means nothing to a run. */
export function SampleDialog({ onClose }: { onClose(): void }) {
  const { key, model, state } = useDesigner();
  const last = useQuery(trpc.workflows.lastRun.queryOptions({ key }, { staleTime: 30_000 })).data;
  const [text, setText] = useState(() => JSON.stringify(model.document.sample ?? beginning(model.document), null, 2));
  const read = useMemo(() => readSample(model.document, text), [model.document, text]);
  const use = (): void => {
    if (!read.ok) return;
    model.change('Sample data', ({ sample: _before, ...document }) => (read.sample ? { ...document, sample: read.sample } : document));
    state.setState({ previewSource: read.sample ? { kind: 'typed' } : { kind: 'last' } });
    onClose();
  };
  return (
    <Dialog
      opened
      onClose={onClose}
      title="Sample data"
      action="Use"
      size={640}
      refusal={read.ok ? null : 'Correct the data first'}
      onAction={use}
    >
      <p className="t2 ds-sample-words">
        What expressions are tried out on: the input, what steps give, variables. It is saved with the workflow; runs never see it.
      </p>
      <div className={`ds-expression ds-sample ${read.ok ? '' : 'invalid'}`}>
        <CodeEditor language="json" label="Sample data" value={text} onChange={setText} numbered invalid={!read.ok} onEscape={onClose} />
        {read.ok ? null : <div className="ds-fault">{read.message}</div>}
      </div>
      <div className="row g6" style={{ marginTop: 8 }}>
        <Button
          size="sm"
          refusal={last ? null : 'It has not run yet'}
          onClick={() => last && setText(JSON.stringify({ input: last.input, steps: last.steps }, null, 2))}
        >
          Fill from the last run
        </Button>
        <Button size="sm" look="ghost" refusal={text.trim() === '' ? 'It is empty' : null} onClick={() => setText('')}>
          Empty
        </Button>
      </div>
    </Dialog>
  );
}

/** The input as its schema gives it, to go on from. */
function beginning(document: WorkflowDocument): SampleData {
  return { input: schemaValues(inputSchema(document)) ?? {}, steps: {}, vars: {} };
}

/** Empty text takes the sample away. What it may hold is said by the document's own rules. */
function readSample(
  document: WorkflowDocument,
  text: string,
): { ok: true; sample: SampleData | undefined } | { ok: false; message: string } {
  const read = readJsonText(text);
  if (!read.ok) return read;
  const given: Json | undefined = read.value;
  if (given === undefined) return { ok: true, sample: undefined };
  const parsed = parseDocument({ formatVersion: document.formatVersion, nodes: [], edges: [], sample: given });
  return parsed.ok
    ? { ok: true, sample: parsed.document.sample }
    : { ok: false, message: parsed.problems[0]?.detail ?? 'This is no sample data.' };
}
