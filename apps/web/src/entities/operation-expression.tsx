import { analyseExpression, completeExpression } from '@perdure/expressions';
import type { Json } from '@perdure/graph';
import { useId, useMemo } from 'react';
import { CodeEditor, type CodeAssist, type CodeMark } from '../designer/code-editor.tsx';
import { listed, sampleColumn } from '../designer/expression-tooltips.ts';
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
  const assist = useMemo<CodeAssist>(() => {
    const sample = { state, input: null, entity: { name: '', key: '' }, before: state };
    return {
      complete: (context) => {
        const found = completeExpression(context.state.doc.toString(), context.pos, sample, 'entity');
        const opens = /[.`$]$/.test(context.state.sliceDoc(0, context.pos));
        if (!found || (found.from === context.pos && !context.explicit && !opens)) return null;
        return { from: found.from, to: found.to, filter: false, options: found.candidates.map(listed) };
      },
      column: sampleColumn,
    };
  }, [state]);
  const analysis = useMemo(() => (value.trim() === '' ? null : analyseExpression(value)), [value]);
  const fault = analysis && !analysis.ok ? analysis : null;
  const marks = useMemo<CodeMark[]>(
    () => (fault ? [{ from: fault.position, to: fault.position + 1, severity: 'error', message: fault.message }] : []),
    [fault],
  );
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
            assist={assist}
            marks={marks}
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
