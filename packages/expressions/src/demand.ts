import type { AnalysedExpression } from './analyser.ts';
import type { CheapNode } from './cheap-expression.ts';

/**
 * A path an expression reads. `whole`: it looks at the value there, so references at and below it must be loaded. Otherwise the value
 * goes into the result as it is, and a reference may stand for it.
 */
export interface Demand {
  path: readonly string[];
  whole: boolean;
}

export function demandsOf({ expression, cheap }: AnalysedExpression): Demand[] {
  if (cheap === null) return expression.reads.map((path) => ({ path, whole: true }));
  const demands: Demand[] = [];
  collect(cheap, false, demands);
  return demands;
}

function collect(node: CheapNode, whole: boolean, demands: Demand[]): void {
  switch (node.kind) {
    case 'literal':
      return;
    case 'path': {
      if (node.start !== null && !isRoot(node.start)) {
        collect(node.start, true, demands);
        return;
      }
      // A position looks into the list it picks from.
      const positioned = node.steps.some((step) => step.indexes.length > 0);
      demands.push({ path: node.steps.map((step) => step.name), whole: whole || positioned });
      return;
    }
    case 'variable':
      // Other variables hold values that were demanded whole where they were bound.
      if (isRoot(node)) demands.push({ path: [], whole });
      return;
    case 'negate':
      return collect(node.operand, true, demands);
    case 'binary':
      collect(node.left, true, demands);
      return collect(node.right, true, demands);
    case 'array':
      // A list among the items is spliced, so even a reference has to show what it stands for.
      return node.items.forEach((item) => collect(item.value, true, demands));
    case 'object':
      for (const { key, value } of node.pairs) {
        collect(key, true, demands);
        collect(value, whole, demands);
      }
      return;
    case 'condition':
      collect(node.condition, true, demands);
      collect(node.then, whole, demands);
      if (node.otherwise) collect(node.otherwise, whole, demands);
      return;
    case 'block':
      return node.expressions.forEach((expression, at) => collect(expression, whole || at < node.expressions.length - 1, demands));
    case 'bind':
      return collect(node.value, true, demands);
    case 'call':
      return node.arguments.forEach((argument) => collect(argument, true, demands));
    case 'indexed':
      return collect(node.value, true, demands);
  }
}

function isRoot(node: CheapNode): boolean {
  return node.kind === 'variable' && (node.name === null || node.name === '$');
}
