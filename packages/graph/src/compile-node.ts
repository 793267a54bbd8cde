import type { z } from 'zod';
import type { CompileContext, NodeType } from './catalogue/node-type.ts';
import type { GraphNode, RetryPolicy } from './document.ts';
import { parseDuration } from './duration.ts';
import { embeddedExpressions, literalSource } from './embedded-expressions.ts';
import { type GraphIndex, nameOf } from './graph-index.ts';
import type { JoinRegions } from './frame-graph.ts';
import type { Json, JsonObject } from './json.ts';
import { plainWords } from './plain-words.ts';
import type { CompiledExpression, CompiledValue, ExpressionAnalyser, PlanNodeBody, PlanRetry } from './plan.ts';
import type { Problem } from './problem.ts';

export interface CompiledNode {
  /** Absent when the config does not fit its schema, or an expression does not parse. */
  body?: PlanNodeBody;
  problems: Problem[];
  /** Every expression of the node that could be analysed, with its config field. */
  expressions: { field: string; expression: CompiledExpression; unknownNames: readonly string[] }[];
}

/** Checks and compiles one node by its catalogue entry. Shared by `validate` and `compile`, so that both see the same fields and problems. */
export function compileNode(
  index: GraphIndex,
  node: GraphNode,
  type: NodeType,
  analyser: ExpressionAnalyser,
  regions: () => JoinRegions,
): CompiledNode {
  const problems: Problem[] = [];
  const expressions: CompiledNode['expressions'] = [];
  const name = nameOf(index, node.id);
  const incoming = index.incoming.get(node.id)?.length ?? 0;
  const report = (problem: Omit<Problem, 'node' | 'severity'>): void =>
    void problems.push({ severity: 'error', node: node.id, ...problem });

  const parsed = type.schema.safeParse(node.config, { error: plainWords });
  if (!parsed.success)
    for (const issue of parsed.error.issues) for (const problem of configProblems(type, name, node.config, issue)) report(problem);

  const retry = compileRetry(node.retry, (field, detail) =>
    report({ code: 'retry.invalid', title: 'Retry policy does not work', detail: `${name}: ${detail}`, field: `retry.${field}` }),
  );
  const timeoutMs = compileTimeout(node.timeout ?? type.timeout, (detail) =>
    report({ code: 'timeout.invalid', title: 'Timeout does not work', detail: `${name}: ${detail}`, field: 'timeout' }),
  );
  if (!type.activity && (node.retry || node.timeout !== undefined)) {
    const field = node.retry ? 'retry' : 'timeout';
    report({
      code: `${field}.not-allowed`,
      title: field === 'retry' ? 'Nothing to retry' : 'Nothing to time out',
      detail: `${name} is a ${type.label.toLowerCase()}, which takes no ${field === 'retry' ? 'retry policy' : 'timeout'}. Remove it.`,
      field,
    });
  }
  // The schema's own output would carry defaults and trimmed texts; it is JSON because it was made from JSON.
  const config = parsed.success ? (parsed.data as JsonObject) : undefined;
  if (!config) return { problems, expressions };
  for (const { field, message } of type.check(config, incoming)) report(invalidField(type, name, field, message));

  let isBroken = false;
  const analyse = (field: string, source: string): CompiledExpression => {
    const result = analyser.analyse(source);
    if (result.ok) {
      expressions.push({ field, expression: result.expression, unknownNames: result.unknownNames ?? [] });
      return result.expression;
    }
    isBroken = true;
    report({
      code: 'expression.syntax',
      title: 'Expression cannot be read',
      detail: `${labelOf(type, field)} of ${name}: ${result.message} (at character ${result.position + 1})`,
      field,
    });
    return { source, cost: 'cheap', reads: [] };
  };
  const context: CompileContext = {
    expression: analyse,
    value: (field, value) => compileValue(field, value),
    retry,
    timeoutMs,
    incoming,
    region: () => regions().regionOf(node.id),
  };
  const compileValue = (field: string, value: Json): CompiledValue => {
    const found = embeddedExpressions(field, value);
    if (found.length === 0) return { kind: 'literal', value };
    const analysed = found.map((one) => {
      if (one.isListItem) {
        isBroken = true;
        report({
          code: 'expression.in-list',
          title: 'Expression inside a list',
          detail: `${labelOf(type, field)} of ${name}: an expression cannot be one item of a list. Write the whole list as one expression.`,
          field: one.field,
        });
      }
      return analyse(one.field, one.source);
    });
    const [only] = analysed;
    if (found.length === 1 && found[0]!.field === field && only) return { kind: 'expression', expression: only };
    if (isBroken) return { kind: 'literal', value };
    const source = literalSource(value);
    const whole = analyser.analyse(source);
    if (whole.ok) return { kind: 'expression', expression: whole.expression };
    isBroken = true;
    report({
      code: 'expression.syntax',
      title: 'Expression cannot be read',
      detail: `${labelOf(type, field)} of ${name}: ${whole.message}`,
      field,
    });
    return { kind: 'literal', value };
  };
  const body = type.compile(config, context);
  return { ...(!isBroken && { body }), problems, expressions };
}

const maxAttempts = 10_000;

function compileRetry(policy: RetryPolicy | undefined, report: (field: keyof RetryPolicy, detail: string) => void): PlanRetry {
  const once: PlanRetry = {
    firstRetryIntervalMs: 0,
    maxNumberOfAttempts: 1,
    backoffCoefficient: 1,
    maxRetryIntervalMs: null,
    retryTimeoutMs: null,
    nonRetryableErrors: [],
  };
  if (!policy) return once;
  const span = (field: 'firstRetryInterval' | 'maxRetryInterval' | 'retryTimeout'): number | null => {
    const text = policy[field];
    if (text === undefined) return null;
    const ms = parseDuration(text);
    if (ms === undefined) report(field, `"${text}" is not a duration. Write 30s, 5m, 2h or 1d.`);
    else if (ms < 1) report(field, 'The time must be longer than nothing.');
    return ms ?? null;
  };
  const first = span('firstRetryInterval');
  const longest = span('maxRetryInterval');
  const retryTimeoutMs = span('retryTimeout');
  const { maxNumberOfAttempts, backoffCoefficient = 1 } = policy;
  if (!Number.isInteger(maxNumberOfAttempts) || maxNumberOfAttempts < 1 || maxNumberOfAttempts > maxAttempts)
    report('maxNumberOfAttempts', `Enter a number of attempts from 1 to ${maxAttempts}; 1 means no retry.`);
  if (!(backoffCoefficient >= 1 && backoffCoefficient <= 100))
    report('backoffCoefficient', 'Enter a factor from 1 to 100; 1 keeps every wait the same.');
  if (first !== null && longest !== null && longest < first) report('maxRetryInterval', 'The longest wait is shorter than the first one.');
  return {
    firstRetryIntervalMs: first ?? 0,
    maxNumberOfAttempts,
    backoffCoefficient,
    maxRetryIntervalMs: longest,
    retryTimeoutMs,
    nonRetryableErrors: policy.nonRetryableErrors ?? [],
  };
}

function compileTimeout(timeout: string | null, report: (detail: string) => void): number | null {
  if (timeout === null) return null;
  const ms = parseDuration(timeout);
  if (ms === undefined) report(`"${timeout}" is not a duration. Write 30s, 5m, 2h or 1d.`);
  else if (ms < 1) report('The time must be longer than nothing.');
  return ms ?? null;
}

type ConfigProblem = Omit<Problem, 'node' | 'severity'>;

function configProblems(type: NodeType, name: string, config: JsonObject, issue: z.core.$ZodIssue): ConfigProblem[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'config.unknown-field',
      title: 'Unknown field',
      detail: `${type.label} has no field "${key}". Remove it from ${name}.`,
      field: path === '' ? key : `${path}.${key}`,
    }));
  }
  if (issue.code === 'invalid_key') return [invalidField(type, name, path, issue.issues[0]?.message ?? issue.message)];
  const given = issue.path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    config,
  );
  const isEmpty = given === undefined || given === null || (typeof given === 'string' && given.trim() === '');
  if (isEmpty) {
    const label = labelOf(type, path);
    // Within a list the entry is there; what it lacks is said by the rule of that place.
    const detail = issue.path.length > 1 ? `${name}: ${issue.message}` : `Fill in ${label} of ${name}.`;
    return [
      { code: 'config.missing', title: issue.path.length > 1 ? `${label} is not finished` : `${label} is missing`, detail, field: path },
    ];
  }
  return [invalidField(type, name, path, issue.message)];
}

function invalidField(type: NodeType, name: string, field: string, message: string): ConfigProblem {
  const label = labelOf(type, field);
  return { code: 'config.invalid', title: `${label} does not fit`, detail: `${name}: ${message}`, field };
}

/** `cases.1.when` → `Cases`, as the inspector calls it. */
function labelOf(type: NodeType, field: string): string {
  const [name] = field.split('.');
  return type.fields.find((one) => one.name === name)?.label ?? name ?? field;
}
