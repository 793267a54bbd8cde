import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import type { CompletionSource } from '@codemirror/autocomplete';
import { analyseExpression, completeExpression, evaluateForPreview, type ExpressionScope } from '@perdure/expressions';
import type { Json, JsonObject } from '@perdure/graph';
import { useDeferredValue, useId, useMemo, useState } from 'react';
import { client } from '../api/trpc.ts';
import { JsonView } from '../components/json-view.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { CodeEditor } from './code-editor.tsx';
import { useInspector } from './inspector-context.ts';

interface ExpressionEditorProps {
  label: string;
  value: string;
  onChange(value: string): void;
  placeholder?: string | undefined;
  /** A problem the whole document's validation found. */
  problem?: string | undefined;
  numbered?: boolean;
}

/** JSONata with completion from what earlier nodes gave, the fault marked in place, and the result on the last run's data. */
export function ExpressionEditor({ label, value, onChange, placeholder, problem, numbered = true }: ExpressionEditorProps) {
  const { scope, sample, complete, setActiveEditor } = useInspector();
  const [open, setOpen] = useState(false);
  const id = useId();
  const analysis = useMemo(() => (value.trim() === '' ? null : analyseExpression(value)), [value]);
  const fault = analysis && !analysis.ok ? { from: analysis.position, message: analysis.message } : null;
  const message = fault?.message ?? problem;
  return (
    <div className={`ds-expression ${open ? 'focus' : ''} ${message ? 'invalid' : ''}`}>
      <CodeEditor
        language="jsonata"
        label={label}
        value={value}
        onChange={onChange}
        placeholder={placeholder ?? 'input.amount > 1000'}
        complete={complete}
        fault={fault}
        invalid={message !== undefined}
        describedBy={message === undefined ? undefined : id}
        numbered={numbered}
        onFocus={(view) => {
          setOpen(true);
          setActiveEditor(view);
        }}
        onBlur={() => setOpen(false)}
      />
      {message === undefined ? null : (
        <div className="ds-fault" id={id}>
          <StatusIcon shape="error" size={13} />
          <span>{message}</span>
        </div>
      )}
      {analysis?.ok && message === undefined && sample ? <Preview source={value} scope={scope} from={sample.instanceId} /> : null}
    </div>
  );
}

interface Shown {
  ok: boolean;
  value: Json | undefined;
  message: string;
  ms: number | null;
}

function Preview({ source, scope, from }: { source: string; scope: JsonObject; from: string }) {
  const settled = useDeferredValue(source);
  const here = useMemo(() => evaluateHere(settled, scope), [settled, scope]);
  // A POST because of the data's size, a query because the answer only depends on what was asked.
  const asked = useQuery({
    queryKey: ['expression-preview', settled, scope],
    queryFn: here === null ? () => client.expressions.preview.mutate({ source: settled, data: scope }) : skipToken,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
  });
  const shown: Shown | null =
    here ??
    (asked.data
      ? asked.data.ok
        ? { ok: true, value: asked.data.value ?? undefined, message: '', ms: asked.data.ms }
        : { ok: false, value: undefined, message: asked.data.message, ms: null }
      : null);
  if (!shown) return null;
  const large = shown.value !== undefined && JSON.stringify(shown.value).length > 20_000;
  return (
    <div className="ds-result" role="status" aria-label="Result">
      <div className="ds-result-head">
        <StatusIcon shape={shown.ok ? 'completed' : 'failed'} size={13} />
        <span className="b5">{shown.ok ? 'Result' : 'Fails'}</span>
        <span className="t3">with</span>
        <span className="tag line ds-result-run">
          <span className="ell">Last run, {from}</span>
        </span>
        <span className="grow" />
        {shown.ms === null ? null : <span className="t3 num">{shown.ms < 10 ? shown.ms.toFixed(1) : Math.round(shown.ms)} ms</span>}
      </div>
      <div className="ds-result-body">
        {!shown.ok ? (
          <span className="ds-fault-text">{shown.message}</span>
        ) : shown.value === undefined ? (
          <span className="t3">Nothing: the path leads to no data in this run.</span>
        ) : large ? (
          <span className="t3">Too long to show here.</span>
        ) : (
          <JsonView value={shown.value} label="Result" />
        )}
      </div>
    </div>
  );
}

/** Cheap expressions are evaluated in the page; null when only the server's sandbox can tell. */
function evaluateHere(source: string, scope: JsonObject): Shown | null {
  const begin = performance.now();
  // A sample lacks what only a running instance has (vars, its version): paths to it lead to nothing, which is what the preview shows.
  const result = evaluateForPreview(source, scope as unknown as ExpressionScope, { at: Date.now(), seed: 'preview' });
  const ms = performance.now() - begin;
  switch (result.state) {
    case 'value':
      return { ok: true, value: result.value, message: '', ms };
    case 'failed':
    case 'invalid':
      return { ok: false, value: undefined, message: result.message, ms };
    case 'server':
      return null;
  }
}

export function expressionCompletion(sample: JsonObject): CompletionSource {
  return (context) => {
    const found = completeExpression(context.state.doc.toString(), context.pos, sample);
    if (!found || (found.from === context.pos && !context.explicit && !/[.`$]$/.test(context.state.sliceDoc(0, context.pos)))) return null;
    return {
      from: found.from,
      to: found.to,
      filter: false,
      options: found.candidates.map(({ label, insert, kind, detail, info }) => ({
        label,
        apply: insert,
        detail: detail.replace(label, ''),
        type: kind,
        ...(info !== '' && { info }),
      })),
    };
  };
}

export function glimpse(value: Json | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return `${value.length} items`;
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    return keys.length <= 3 ? `{ ${keys.join(', ')} }` : `${keys.length} fields`;
  }
  const text = JSON.stringify(value);
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}
