import { isPayloadRef, type CompiledExpression, type ExpressionSubject, type Json, type PayloadRef } from '@perdure/graph';
import { analyseExpression, type AnalysedExpression } from './analyser.ts';
import { evaluateCheap } from './cheap-evaluator.ts';
import { demandsOf, type Demand } from './demand.ts';
import type { EntityScope, Evaluation, ExpressionScope, TurnClock } from './evaluation.ts';
import { jsonLength, maxResultDepth, maxResultLength, referenceThreshold } from './json-size.ts';
import { pruneScope } from './prune-scope.ts';
import { resolveDemands } from './resolve-demands.ts';

/** Evaluates any expression where it can do no harm. Rejects only for reasons that are not the expression's. */
export interface Sandbox {
  evaluate(source: string, scope: Partial<ExpressionScope | EntityScope>, clock: TurnClock): Promise<Evaluation>;
}

/** Where values over 64 KB are kept. */
export interface PayloadStore {
  load(ref: PayloadRef): Promise<Json>;
  keep(value: Json): Promise<PayloadRef>;
}

/** The engine's `Evaluator`. */
export interface ExpressionEvaluator {
  evaluate(expression: CompiledExpression, scope: ExpressionScope | EntityScope, clock: TurnClock): Evaluation | Promise<Evaluation>;
  load(value: Json | PayloadRef): Json | Promise<Json>;
  keep(value: Json): Json | Promise<Json>;
}

/** Of payloads one evaluation may load. */
const maxLoadedBytes = 16 * 1024 * 1024;
const maxAnalysed = 5000;

/**
 * Cheap expressions here, all others in the sandbox; references are loaded where the expression looks inside, and passed on where it
 * does not; large results are kept aside. A cheap expression over values at hand answers without a promise.
 */
export function createEvaluator({ sandbox, payloads }: { sandbox: Sandbox; payloads: PayloadStore }): ExpressionEvaluator {
  type Analysed = Map<string, { analysis: AnalysedExpression; demands: readonly Demand[] }>;
  const analysed: Record<ExpressionSubject, Analysed> = { workflow: new Map(), entity: new Map() };

  function analyse({ source, subject: other }: CompiledExpression) {
    const subject: ExpressionSubject = other ?? 'workflow';
    const known = analysed[subject].get(source);
    if (known) return known;
    const analysis = analyseExpression(source, subject);
    if (!analysis.ok) return null;
    if (analysed[subject].size >= maxAnalysed) analysed[subject].clear();
    const entry = { analysis: analysis.analysed, demands: demandsOf(analysis.analysed) };
    analysed[subject].set(source, entry);
    return entry;
  }

  function keep(value: Json): Json | Promise<Json> {
    return jsonLength(value, referenceThreshold) > referenceThreshold ? payloads.keep(value) : value;
  }

  function finish(evaluation: Evaluation): Evaluation | Promise<Evaluation> {
    if (!evaluation.ok || evaluation.value === undefined) return evaluation;
    const length = jsonLength(evaluation.value, maxResultLength);
    if (length === Infinity) {
      return { ok: false, code: 'ExpressionTooLarge', message: `The result is nested more than ${maxResultDepth} levels deep.` };
    }
    if (length > maxResultLength) {
      return { ok: false, code: 'ExpressionTooLarge', message: `The result has more than ${maxResultLength / 1024 / 1024} MB.` };
    }
    return length > referenceThreshold ? payloads.keep(evaluation.value).then((value) => ({ ok: true, value })) : evaluation;
  }

  function evaluateResolved(
    analysis: AnalysedExpression,
    scope: ExpressionScope | EntityScope,
    clock: TurnClock,
  ): Evaluation | Promise<Evaluation> {
    const here = analysis.cheap && evaluateCheap(analysis.cheap, scope, clock);
    if (here) return finish(here);
    return evaluateInSandbox(analysis, scope, clock);
  }

  async function evaluateInSandbox(
    analysis: AnalysedExpression,
    scope: ExpressionScope | EntityScope,
    clock: TurnClock,
  ): Promise<Evaluation> {
    const { reads, source } = analysis.expression;
    // Over the cheap budget: what was only to be passed on is now looked at as well, since a reference cannot leave the sandbox.
    const resolved = await resolve(
      reads.map((path) => ({ path, whole: true })),
      scope,
    );
    if (!resolved.ok) return resolved;
    return finish(await sandbox.evaluate(source, pruneScope(resolved.scope, reads), clock));
  }

  async function resolve(
    demands: readonly Demand[],
    scope: ExpressionScope | EntityScope,
  ): Promise<{ ok: true; scope: ExpressionScope | EntityScope } | (Evaluation & { ok: false })> {
    const loaded = new Map<string, Json>();
    let bytes = 0;
    for (;;) {
      const attempt = resolveDemands(scope, demands, loaded);
      if (attempt.missing.length === 0) return { ok: true, scope: attempt.scope };
      for (const ref of attempt.missing) bytes += ref.bytes;
      if (bytes > maxLoadedBytes) {
        return {
          ok: false,
          code: 'ExpressionTooLarge',
          message: `The expression reads more than ${maxLoadedBytes / 1024 / 1024} MB of data.`,
        };
      }
      for (const [at, value] of (await Promise.all(attempt.missing.map((ref) => payloads.load(ref)))).entries()) {
        loaded.set(attempt.missing[at]!.$payload, value); // same length
      }
    }
  }

  return {
    evaluate(expression, scope, clock) {
      const entry = analyse(expression);
      if (entry === null)
        return {
          ok: false,
          code: 'Expression',
          message: 'The expression is not valid any more. Open it in the designer and publish the workflow again.',
        };
      const { missing, scope: direct } = resolveDemands(scope, entry.demands, new Map());
      if (missing.length === 0) return evaluateResolved(entry.analysis, direct, clock);
      return resolve(entry.demands, scope).then((resolved) =>
        resolved.ok ? evaluateResolved(entry.analysis, resolved.scope, clock) : resolved,
      );
    },
    load: (value) => (isPayloadRef(value) ? payloads.load(value) : value),
    keep,
  };
}
