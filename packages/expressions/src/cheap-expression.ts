import type { ExpressionNode, FilterStage } from './expression-node.ts';
import { cheapFunctionArity, type CheapFunctionName } from './cheap-function-names.ts';

/**
 * The subset of JSONata that may run inside a turn: no iteration of its own, no user functions, no allocation by argument. What is
 * in it is typed here; whatever `toCheapExpression` does not recognise is for the sandbox.
 * The context of every expression in it is the root of the data: a path steps by names only.
 */
export type CheapNode =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'path'; start: CheapNode | null; steps: readonly PathStep[] }
  | { kind: 'variable'; name: string | null }
  | { kind: 'negate'; operand: CheapNode }
  | { kind: 'binary'; operator: BinaryOperator; left: CheapNode; right: CheapNode }
  | { kind: 'array'; items: readonly { value: CheapNode; nested: boolean }[] }
  | { kind: 'object'; pairs: readonly { key: CheapNode; value: CheapNode }[] }
  | { kind: 'condition'; condition: CheapNode; then: CheapNode; otherwise: CheapNode | null }
  | { kind: 'block'; expressions: readonly CheapNode[] }
  | { kind: 'bind'; name: string; value: CheapNode }
  | { kind: 'call'; function: CheapFunctionName; arguments: readonly CheapNode[] }
  | { kind: 'indexed'; value: CheapNode; indexes: readonly number[] };

/** One name, then the literal positions picked from what it gave: `items[0]`. */
export interface PathStep {
  name: string;
  indexes: readonly number[];
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '&' | 'and' | 'or' | 'in';

const binaryOperators = new Set(['+', '-', '*', '/', '%', '=', '!=', '<', '<=', '>', '>=', '&', 'and', 'or', 'in']);

/** Null when the expression needs the sandbox. */
export function toCheapExpression(root: ExpressionNode): CheapNode | null {
  const bound = new Set<string>();
  collectBound(root, bound);
  return lower(root, bound, true);
}

/** `binds`: whether `:=` may stand here. Inside constructors JSONata interleaves the items, which makes a binding's reach unclear. */
function lower(node: ExpressionNode, bound: ReadonlySet<string>, binds = false): CheapNode | null {
  if (node.group || node.keepArray || node.keepSingletonArray || node.focus !== undefined || node.index !== undefined) return null;
  if (node.tuple || node.ancestor !== undefined || node.stages) return null;
  const bare = lowerBare(node, bound, binds);
  if (bare === null || !node.predicate) return bare;
  const indexes = literalIndexes(node.predicate);
  return indexes && { kind: 'indexed', value: bare, indexes };
}

function lowerBare(node: ExpressionNode, bound: ReadonlySet<string>, binds: boolean): CheapNode | null {
  switch (node.type) {
    case 'string':
    case 'number':
    case 'value':
      // The parser gives these three types for texts, numbers, true, false and null only.
      return { kind: 'literal', value: node.value as string | number | boolean | null };
    case 'path':
      return lowerPath(node.steps ?? [], bound);
    case 'variable': {
      const name = variableName(node, bound);
      return name === undefined ? null : { kind: 'variable', name };
    }
    case 'unary':
      return lowerUnary(node, bound);
    case 'binary': {
      if (!binaryOperators.has(String(node.value)) || !node.lhs || Array.isArray(node.lhs) || !node.rhs) return null;
      const left = lower(node.lhs, bound);
      const right = lower(node.rhs, bound);
      // Checked against the set above.
      return left && right && { kind: 'binary', operator: node.value as BinaryOperator, left, right };
    }
    case 'condition': {
      const condition = node.condition && lower(node.condition, bound);
      const then = node.then && lower(node.then, bound);
      const otherwise = node.else ? lower(node.else, bound) : null;
      if (!condition || !then || (node.else && !otherwise)) return null;
      return { kind: 'condition', condition, then, otherwise };
    }
    case 'block': {
      const expressions = lowerAll(node.expressions ?? [], bound, true);
      return expressions && { kind: 'block', expressions };
    }
    case 'bind': {
      if (!binds || !node.lhs || Array.isArray(node.lhs) || !node.rhs) return null;
      const value = lower(node.rhs, bound);
      return value && { kind: 'bind', name: String(node.lhs.value), value };
    }
    case 'function':
      return lowerCall(node, bound);
    default:
      return null;
  }
}

function lowerPath(steps: ExpressionNode[], bound: ReadonlySet<string>): CheapNode | null {
  let start: CheapNode | null = null;
  const lowered: PathStep[] = [];
  for (const [at, step] of steps.entries()) {
    if (at === 0 && step.type !== 'name') {
      const constructsList = step.type === 'unary' && step.value === '[';
      start = constructsList || step.consarray ? null : lower(step, bound);
      if (start === null) return null;
      continue;
    }
    if (step.type !== 'name' || step.group || step.predicate || step.keepArray || step.focus !== undefined || step.index !== undefined)
      return null;
    const indexes = literalIndexes(step.stages ?? []);
    if (indexes === null || step.tuple || step.ancestor !== undefined) return null;
    lowered.push({ name: String(step.value), indexes });
  }
  return { kind: 'path', start, steps: lowered };
}

function lowerUnary(node: ExpressionNode, bound: ReadonlySet<string>): CheapNode | null {
  switch (node.value) {
    case '-': {
      const operand = node.expression && lower(node.expression, bound);
      return operand ? { kind: 'negate', operand } : null;
    }
    case '[': {
      const items: { value: CheapNode; nested: boolean }[] = [];
      for (const item of node.expressions ?? []) {
        const value = lower(item, bound);
        if (value === null) return null;
        // JSONata tells a nested constructor by the node's value alone.
        items.push({ value, nested: item.value === '[' });
      }
      return { kind: 'array', items };
    }
    case '{': {
      if (!Array.isArray(node.lhs)) return null;
      const pairs: { key: CheapNode; value: CheapNode }[] = [];
      for (const [keyNode, valueNode] of node.lhs) {
        const key = lower(keyNode, bound);
        const value = lower(valueNode, bound);
        if (key === null || value === null) return null;
        pairs.push({ key, value });
      }
      return { kind: 'object', pairs };
    }
    default:
      return null;
  }
}

function lowerCall(node: ExpressionNode, bound: ReadonlySet<string>): CheapNode | null {
  const procedure = node.procedure;
  if (!procedure || procedure.type !== 'variable' || procedure.predicate) return null;
  const name = String(procedure.value);
  const arity = cheapFunctionArity(name);
  const count = node.arguments?.length ?? 0;
  if (arity === null || bound.has(name) || count < arity.least || count > arity.most) return null;
  const lowered = lowerAll(node.arguments ?? [], bound, false);
  // A name with an arity is one of the cheap functions.
  return lowered && { kind: 'call', function: name as CheapFunctionName, arguments: lowered };
}

function lowerAll(nodes: ExpressionNode[], bound: ReadonlySet<string>, binds: boolean): CheapNode[] | null {
  const lowered: CheapNode[] = [];
  for (const node of nodes) {
    const one = lower(node, bound, binds);
    if (one === null) return null;
    lowered.push(one);
  }
  return lowered;
}

/** Null = the data itself (`$` or `$$`); undefined = not a variable of this expression, so perhaps a function. */
function variableName(node: ExpressionNode, bound: ReadonlySet<string>): string | null | undefined {
  const name = String(node.value);
  if (name === '' || name === '$') return null;
  return bound.has(name) ? name : undefined;
}

function collectBound(node: ExpressionNode, bound: Set<string>): void {
  if (node.type === 'bind' && node.lhs && !Array.isArray(node.lhs)) bound.add(String(node.lhs.value));
  for (const part of [
    ...(node.expressions ?? []),
    ...(node.arguments ?? []),
    node.rhs,
    node.condition,
    node.then,
    node.else,
    node.expression,
  ]) {
    if (part) collectBound(part, bound);
  }
  if (Array.isArray(node.lhs)) {
    for (const [key, value] of node.lhs) {
      collectBound(key, bound);
      collectBound(value, bound);
    }
  } else if (node.lhs) {
    collectBound(node.lhs, bound);
  }
}

function literalIndexes(stages: FilterStage[]): number[] | null {
  const indexes: number[] = [];
  for (const stage of stages) {
    if (stage.type !== 'filter' || stage.expr?.type !== 'number' || stage.expr.predicate) return null;
    indexes.push(Math.floor(Number(stage.expr.value)));
  }
  return indexes;
}
