import { randomUUID } from 'node:crypto';
import { analyseExpression, type ExpressionScope, scopeRoots } from '@perdure/expressions';
import { createSandbox } from '@perdure/expressions/sandbox';
import type { Json } from '@perdure/graph';
import type { Installation } from './installation.ts';
import type { PreviewResult } from './trpc/contract/workflows.ts';

/** Evaluates what somebody types into the designer on data they sent, in killable processes of its own: a preview never holds up a worker. */
export function createExpressionPreview(): {
  preview(source: string, data: Json): Promise<PreviewResult>;
  evaluateOver: Installation['evaluateOver'];
  close(): Promise<void>;
} {
  const sandbox = createSandbox({ size: 1, queueLimit: 50 });
  return {
    async preview(source, data) {
      const analysis = analyseExpression(source);
      if (!analysis.ok) return { ok: false, code: 'expression.syntax', message: analysis.message };
      const began = performance.now();
      const evaluation = await sandbox.evaluate(source, scopeFrom(data), { at: Date.now(), seed: randomUUID() });
      const ms = Math.round((performance.now() - began) * 10) / 10;
      return evaluation.ok
        ? { ok: true, value: evaluation.value ?? null, ms }
        : { ok: false, code: evaluation.code, message: evaluation.message };
    },
    async evaluateOver(source, data) {
      // What it reads at the root is not what a workflow's expression may; the sandbox does not mind.
      const evaluation = await sandbox.evaluate(source, data as Partial<ExpressionScope>, { at: Date.now(), seed: randomUUID() });
      return evaluation.ok ? { ok: true, value: evaluation.value ?? null } : { ok: false, message: evaluation.message };
    },
    close: () => sandbox.close(),
  };
}

/** Only the names expressions know; whatever else the data holds is not passed on. */
function scopeFrom(data: Json): Partial<ExpressionScope> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return {};
  const known = Object.entries(data).filter(([name]) => scopeRoots.some((root) => root === name));
  return Object.fromEntries(known) as Partial<ExpressionScope>; // sample data: the expression may meet any JSON under these names
}
