import { callAt, completeExpression, findDoubts, hoverAt, analyseExpression, type Analysis } from '@perdure/expressions';
import { useMemo } from 'react';
import type { CodeAssist, CodeMark } from './code-editor.tsx';
import type { ExpressionData } from './expression-data.ts';
import { hoverBox, listed, sampleColumn, signatureBox } from './expression-tooltips.ts';

/** What helps while writing an expression over this data. */
export function useExpressionAssist({ scope, shape, uncertain }: ExpressionData): CodeAssist {
  return useMemo<CodeAssist>(
    () => ({
      complete: (context) => {
        const source = context.state.doc.toString();
        const found = completeExpression(source, context.pos, scope, 'workflow', { shape, uncertain });
        const opens = /[.`$]$/.test(context.state.sliceDoc(0, context.pos));
        if (!found || (found.from === context.pos && !context.explicit && !opens)) return null;
        return { from: found.from, to: found.to, filter: false, options: found.candidates.map(listed) };
      },
      column: sampleColumn,
      hover: (source, position) => {
        const found = hoverAt(source, position, scope, shape);
        if (!found) return null;
        const isUncertain = found.kind === 'path' && uncertain.has(found.path.slice(0, 2).join('.'));
        return { from: found.from, to: found.to, dom: hoverBox(found, isUncertain) };
      },
      signature: (source, cursor) => {
        const found = callAt(source, cursor);
        return found && { from: found.from, dom: signatureBox(found) };
      },
    }),
    [scope, shape, uncertain],
  );
}

export interface ExpressionFindings {
  /** Null while nothing is written. */
  analysis: Analysis | null;
  marks: readonly CodeMark[];
  /** Why it does not parse, or which name is never there. */
  fault: string | null;
  /** A name that the data at hand does not have. */
  remark: string | null;
}

/** What is wrong with an expression by itself and over this data. */
export function useExpressionFindings(source: string, { scope, shape }: ExpressionData): ExpressionFindings {
  return useMemo(() => {
    if (source.trim() === '') return { analysis: null, marks: [], fault: null, remark: null };
    const analysis = analyseExpression(source);
    if (!analysis.ok) {
      const { position, message } = analysis;
      return { analysis, marks: [{ from: position, to: position + 1, severity: 'error', message }], fault: message, remark: null };
    }
    const doubts = findDoubts(source, scope, shape);
    return {
      analysis,
      marks: doubts.map(({ from, to, message, certainty }) => ({
        from,
        to,
        message,
        severity: certainty === 'unknown' ? 'warning' : 'info',
      })),
      fault: doubts.find(({ certainty }) => certainty === 'unknown')?.message ?? null,
      remark: doubts.find(({ certainty }) => certainty === 'unseen')?.message ?? null,
    };
  }, [source, scope, shape]);
}
