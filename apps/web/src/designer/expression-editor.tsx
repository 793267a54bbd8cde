import { IconArrowsDiagonal, IconListCheck } from '@tabler/icons-react';
import { lazy, Suspense, useId, useRef, useState } from 'react';
import { Button } from '../components/button.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { CodeEditor } from './code-editor.tsx';
import { ExpressionPreview } from './expression-preview.tsx';
import { useInspector } from './inspector-context.ts';
import { useExpressionAssist, useExpressionFindings } from './use-expression-assist.ts';
import type { ExpectedValue } from './value-fit.ts';

const ExpressionDialog = lazy(() => import('./expression-dialog.tsx').then((module) => ({ default: module.ExpressionDialog })));
const ConditionDialog = lazy(() => import('./condition-dialog.tsx').then((module) => ({ default: module.ConditionDialog })));

interface ExpressionEditorProps {
  label: string;
  value: string;
  onChange(value: string): void;
  placeholder?: string | undefined;
  /** A problem the whole document's validation found. */
  problem?: string | undefined;
  numbered?: boolean;
  /** What the result is used as. A condition can be built from rows. */
  expects?: ExpectedValue | undefined;
  /** It has just been made out of something the person was in. */
  autoFocus?: boolean;
}

/** JSONata with completion from what earlier steps gave, slips marked in place, and the result over the data at hand. */
export function ExpressionEditor({
  label,
  value,
  onChange,
  placeholder,
  problem,
  numbered = true,
  expects,
  autoFocus = false,
}: ExpressionEditorProps) {
  const { data, activeField, setTarget, leave } = useInspector();
  const [dialog, setDialog] = useState<'larger' | 'conditions' | null>(null);
  const id = useId();
  const assist = useExpressionAssist(data);
  const { analysis, marks, fault, remark } = useExpressionFindings(value, data);
  const message = fault ?? problem;
  const isActive = activeField === id;
  const host = useRef<HTMLDivElement>(null);
  const close = (): void => {
    setDialog(null);
    host.current?.querySelector<HTMLElement>('.cm-content')?.focus();
  };
  return (
    <div
      ref={host}
      className={`ds-expression ${isActive ? 'focus' : ''} ${message ? 'invalid' : ''} ${expects === 'condition' ? 'with-rows' : ''}`}
    >
      <div className="ds-expression-tools">
        {expects === 'condition' ? (
          <Button
            look="ghost"
            size="sm"
            icon={<IconListCheck className="ic" aria-hidden="true" />}
            aria-label={`Build “${label}” from rows`}
            onClick={() => setDialog('conditions')}
          />
        ) : null}
        <Button
          look="ghost"
          size="sm"
          icon={<IconArrowsDiagonal className="ic" aria-hidden="true" />}
          aria-label={`Open “${label}” larger`}
          onClick={() => setDialog('larger')}
        />
      </div>
      <CodeEditor
        language="jsonata"
        label={label}
        value={value}
        onChange={onChange}
        placeholder={placeholder ?? 'input.amount > 1000'}
        assist={assist}
        marks={marks}
        invalid={message !== undefined}
        describedBy={message === undefined ? undefined : id}
        numbered={numbered}
        autoFocus={autoFocus}
        onEscape={leave}
        onFocus={(view) =>
          setTarget({
            id,
            insert: (path) => {
              view.dispatch(view.state.replaceSelection(path));
              view.focus();
            },
          })
        }
      />
      {message === undefined ? null : (
        <div className="ds-fault" id={id}>
          <StatusIcon shape="error" size={13} />
          <span>{message}</span>
        </div>
      )}
      {isActive && message === undefined && remark !== null ? <div className="ds-remark">{remark}</div> : null}
      {isActive && analysis?.ok && data.hasValues ? <ExpressionPreview source={value} scope={data.scope} expects={expects} /> : null}
      <Suspense fallback={null}>
        {dialog === 'larger' ? <ExpressionDialog label={label} value={value} expects={expects} onUse={onChange} onClose={close} /> : null}
        {dialog === 'conditions' ? <ConditionDialog label={label} value={value} onUse={onChange} onClose={close} /> : null}
      </Suspense>
    </div>
  );
}
