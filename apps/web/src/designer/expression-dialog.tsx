import type { EditorView } from '@codemirror/view';
import { useRef, useState } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { CodeEditor } from './code-editor.tsx';
import { DataTree } from './data-tree.tsx';
import { ExpressionPreview } from './expression-preview.tsx';
import { useInspector } from './inspector-context.ts';
import { PreviewSourceMenu } from './preview-source-menu.tsx';
import { useExpressionAssist, useExpressionFindings } from './use-expression-assist.ts';
import type { ExpectedValue } from './value-fit.ts';

/** An expression with room: the data beside it, the result below it. */
export function ExpressionDialog({
  label,
  value,
  expects,
  onUse,
  onClose,
}: {
  label: string;
  value: string;
  expects?: ExpectedValue | undefined;
  onUse(value: string): void;
  onClose(): void;
}) {
  const { data } = useInspector();
  const [text, setText] = useState(value);
  const view = useRef<EditorView>(null);
  const assist = useExpressionAssist(data);
  const { analysis, marks, fault, remark } = useExpressionFindings(text, data);
  const insert = (path: string): void => {
    view.current?.dispatch(view.current.state.replaceSelection(path));
    view.current?.focus();
  };
  return (
    <Dialog
      opened
      onClose={onClose}
      title={label}
      action="Use"
      size={980}
      onAction={() => {
        onUse(text);
        onClose();
      }}
    >
      <div className="ds-large">
        <div className={`ds-expression focus ${fault === null ? '' : 'invalid'}`}>
          <CodeEditor
            language="jsonata"
            label={label}
            value={text}
            onChange={setText}
            placeholder="input.amount > 1000"
            assist={assist}
            marks={marks}
            invalid={fault !== null}
            numbered
            autoFocus
            onEscape={onClose}
            onFocus={(focused) => {
              view.current = focused;
            }}
          />
          {fault === null && remark === null ? null : (
            <div className={fault === null ? 'ds-remark' : 'ds-fault'}>
              {fault === null ? null : <StatusIcon shape="error" size={13} />}
              <span>{fault ?? remark}</span>
            </div>
          )}
          {analysis?.ok && data.hasValues ? <ExpressionPreview source={text} scope={data.scope} expects={expects} /> : null}
        </div>
        <DataTree tall roots={data.roots} onInsert={insert} side={<PreviewSourceMenu />} />
      </div>
    </Dialog>
  );
}
