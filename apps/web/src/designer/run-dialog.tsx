import { useMutation } from '@tanstack/react-query';
import type { Json, WorkflowDocument } from '@perdure/graph';
import { lazy, Suspense, useRef, useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { JsonField, readJson } from '../components/json-field.tsx';
import type { SchemaFormHandle } from '../components/schema-form.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { isFormSchema } from '../components/is-form-schema.ts';

const SchemaForm = lazy(() => import('../components/schema-form.tsx').then((module) => ({ default: module.SchemaForm })));

interface RunDialogProps {
  opened: boolean;
  workflowKey: string;
  document: WorkflowDocument;
  latestVersion: number | null;
  /** The draft is not what the latest version is. */
  differs: boolean;
  /** Why the draft cannot be published, or null. */
  publishRefusal: string | null;
  /** The last run's input, to start from. */
  lastInput: Json | undefined;
  /** Publishes the draft and tells the version; null when that did not work (the reason is shown elsewhere). */
  publish(): Promise<number | null>;
  onStarted(instanceId: string): void;
  onClose(): void;
}

/** Starts an instance and watches it on the canvas. Only published versions run, so a changed draft is published first. */
export function RunDialog(props: RunDialogProps) {
  return props.opened ? <OpenRunDialog {...props} /> : null;
}

function OpenRunDialog({
  workflowKey,
  document,
  latestVersion,
  differs,
  publishRefusal,
  lastInput,
  publish,
  onStarted,
  onClose,
}: RunDialogProps) {
  const schema = document.nodes.find((node) => node.type === 'start')?.config['inputSchema'] ?? null;
  const hasForm = isFormSchema(schema);
  const initial = lastInput ?? {};
  const [mode, setMode] = useState<'form' | 'json'>(hasForm ? 'form' : 'json');
  const [value, setValue] = useState<Json>(initial);
  const [text, setText] = useState(() => JSON.stringify(initial, null, 2));
  // Until somebody chooses, the draft it is, as soon as it is known to be publishable.
  const [choice, setPublishFirst] = useState<boolean | null>(null);
  const publishFirst = (choice ?? true) && publishRefusal === null;
  const [publishing, setPublishing] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const form = useRef<SchemaFormHandle>(null);
  const start = useMutation(trpc.instances.start.mutationOptions({ onSuccess: ({ id }) => onStarted(id) }));

  const byForm = hasForm && mode === 'form';
  const input = byForm ? ({ ok: true, value } as const) : readJson(text);
  const publishes = differs && publishFirst;
  const fields = start.error ? describeError(start.error).fields : [];

  const run = async (): Promise<void> => {
    if (!input.ok || (byForm && !(form.current?.check() ?? true))) return;
    setRefused(null);
    if (publishes) {
      setPublishing(true);
      const version = await publish();
      setPublishing(false);
      if (version === null) return setRefused('Not published, so not started. See the problems below the canvas.');
    }
    start.mutate({ workflowKey, input: input.value });
  };

  return (
    <Dialog
      opened
      onClose={onClose}
      title="Run"
      action={publishes ? 'Publish and run' : latestVersion === null ? 'Run' : `Run v${latestVersion}`}
      size={520}
      busy={publishing || start.isPending}
      error={start.error}
      refusal={
        latestVersion === null && !publishes
          ? (publishRefusal ?? 'Publish the workflow first')
          : input.ok
            ? null
            : 'Correct the input first'
      }
      onAction={() => void run()}
    >
      <div className="ds-dialog-parts">
        {differs ? (
          <div className="ds-choice" role="radiogroup" aria-label="What to run">
            <label>
              <input
                type="radio"
                name="what"
                checked={publishFirst}
                disabled={publishRefusal !== null}
                onChange={() => setPublishFirst(true)}
              />
              <span>
                <span className="b5">The draft</span>
                <span className="s12 t3">
                  {publishRefusal === null ? `It is published as v${(latestVersion ?? 0) + 1} first.` : `${publishRefusal} first.`}
                </span>
              </span>
            </label>
            {latestVersion === null ? null : (
              <label>
                <input type="radio" name="what" checked={!publishFirst} onChange={() => setPublishFirst(false)} />
                <span>
                  <span className="b5">{`Version ${latestVersion}`}</span>
                  <span className="s12 t3">As published, without the changes of the draft.</span>
                </span>
              </label>
            )}
          </div>
        ) : null}
        {hasForm ? (
          <div className="seg" role="group" aria-label="Input as" style={{ justifySelf: 'start' }}>
            <button
              type="button"
              aria-pressed={mode === 'form'}
              onClick={() => {
                const read = readJson(text);
                if (mode === 'json' && read.ok) setValue(read.value);
                setMode('form');
              }}
            >
              Form
            </button>
            <button
              type="button"
              aria-pressed={mode === 'json'}
              onClick={() => {
                if (mode === 'form') setText(JSON.stringify(value, null, 2));
                setMode('json');
              }}
            >
              JSON
            </button>
          </div>
        ) : null}
        {byForm ? (
          <Suspense fallback={<Skeleton height={60} />}>
            <SchemaForm id="run" label="Input" schema={schema} value={value} onChange={setValue} handle={form} />
          </Suspense>
        ) : (
          <JsonField
            label="Input"
            description="JSON, what the expression variable input will hold."
            value={text}
            onChange={setText}
            rows={6}
          />
        )}
        {fields.length > 0 ? (
          <ul className="ds-field-problem">
            {fields.map((field) => (
              <li key={field.field + field.message}>
                <span className="mono">{field.field}</span> {field.message}
              </li>
            ))}
          </ul>
        ) : null}
        {refused === null ? null : (
          <div className="ds-field-problem" role="alert">
            {refused}
          </div>
        )}
      </div>
    </Dialog>
  );
}
