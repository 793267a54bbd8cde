import type { CompletionSource } from '@codemirror/autocomplete';
import { analyseExpression, completeExpression } from '@perdure/expressions';
import type { Json } from '@perdure/graph';
import { useId, useMemo } from 'react';
import { CodeEditor } from '../designer/code-editor.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import '../designer/designer.css';

/** JSONata over `state`, `input`, `entity` and `before`, with completion from the type's first state. */
export function OperationExpression({
  label,
  of,
  help,
  placeholder,
  value,
  state,
  problem,
  readOnly,
  onChange,
}: {
  label: string;
  /** The operation's name. */
  of: string;
  help: string;
  placeholder: string;
  value: string;
  state: Json;
  problem: string | undefined;
  readOnly: boolean;
  onChange: (source: string) => void;
}) {
  const id = useId();
  const complete = useMemo<CompletionSource>(() => {
    const sample = { state, input: null, entity: { name: '', key: '' }, before: state };
    return (context) => {
      const found = completeExpression(context.state.doc.toString(), context.pos, sample, 'entity');
      if (!found || (found.from === context.pos && !context.explicit && !/[.`$]$/.test(context.state.sliceDoc(0, context.pos))))
        return null;
      return {
        from: found.from,
        to: found.to,
        filter: false,
        options: found.candidates.map(({ label: shown, insert, kind, info }) => ({
          label: shown,
          apply: insert,
          type: kind,
          ...(info !== '' && { info }),
        })),
      };
    };
  }, [state]);
  const analysis = useMemo(() => (value.trim() === '' ? null : analyseExpression(value)), [value]);
  const fault = analysis && !analysis.ok ? { from: analysis.position, message: analysis.message } : null;
  const message = fault?.message ?? problem;
  return (
    <div role="group" aria-label={`${label} of ${of}`}>
      <div className="label">
        <span>{label}</span>
      </div>
      {readOnly ? (
        <pre className="code entity-source">{value === '' ? '—' : value}</pre>
      ) : (
        <div className={`ds-expression ${message ? 'invalid' : ''}`}>
          <CodeEditor
            language="jsonata"
            label={`${label} of ${of}`}
            value={value}
            onChange={onChange}
            placeholder={placeholder}
            complete={complete}
            fault={fault}
            invalid={message !== undefined}
            describedBy={message === undefined ? undefined : id}
          />
        </div>
      )}
      {message === undefined ? (
        <div className="ds-field-help">{help}</div>
      ) : (
        <div className="ds-fault" id={id}>
          <StatusIcon shape="error" size={13} />
          <span>{message}</span>
        </div>
      )}
    </div>
  );
}
