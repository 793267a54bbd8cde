import { childrenOf, type ExpressionNode, type FilterStage } from './expression-node.ts';

/**
 * The data paths an expression can touch, as an abstract interpretation of its tree.
 *
 * 1. Conservative: a value whose further use is not followed (bound to a variable, given to a function, iterated by a wildcard) counts
 *    as read with everything below it.
 * 2. A path read whole covers the longer ones that start with it.
 * 3. Reading below a path tells that there is something at it, and how many.
 */
export function readPaths(root: ExpressionNode, roots: readonly string[]): string[][] {
  const reading = new Reading(root);
  reading.consume(reading.visit(root, [[]]));
  return reading.paths(roots);
}

/** Names read at the top of the data that no scope has: typing mistakes, as a rule. What they match is nothing, which JSONata takes without a word. */
export function unknownNames(root: ExpressionNode, roots: readonly string[]): string[] {
  const reading = new Reading(root);
  reading.consume(reading.visit(root, [[]]));
  return reading.unknownNames(roots);
}

/** Where a value may come from: data paths. No paths = nothing that is not already counted as read. */
type Origin = readonly (readonly string[])[];

const nowhere: Origin = [];
/** More distinct origins than this are folded into the data as a whole. */
const maxOrigins = 64;

/** Functions that take the context when the argument is left out: how many arguments they need for that not to happen, and have at most. */
const contextFunctions = new Map<string, { needed: number; most: number }>([
  ['string', { needed: 1, most: 2 }],
  ['substring', { needed: 2, most: 3 }],
  ['substringBefore', { needed: 2, most: 2 }],
  ['substringAfter', { needed: 2, most: 2 }],
  ['lowercase', { needed: 1, most: 1 }],
  ['uppercase', { needed: 1, most: 1 }],
  ['length', { needed: 1, most: 1 }],
  ['trim', { needed: 1, most: 1 }],
  ['pad', { needed: 2, most: 3 }],
  ['match', { needed: 2, most: 3 }],
  ['contains', { needed: 2, most: 2 }],
  ['replace', { needed: 3, most: 4 }],
  ['split', { needed: 2, most: 3 }],
  ['formatNumber', { needed: 2, most: 3 }],
  ['formatBase', { needed: 1, most: 2 }],
  ['formatInteger', { needed: 2, most: 2 }],
  ['parseInteger', { needed: 2, most: 2 }],
  ['number', { needed: 1, most: 1 }],
  ['floor', { needed: 1, most: 1 }],
  ['ceil', { needed: 1, most: 1 }],
  ['round', { needed: 1, most: 2 }],
  ['abs', { needed: 1, most: 1 }],
  ['sqrt', { needed: 1, most: 1 }],
  ['power', { needed: 2, most: 2 }],
  ['boolean', { needed: 1, most: 1 }],
  ['not', { needed: 1, most: 1 }],
  ['sift', { needed: 2, most: 2 }],
  ['keys', { needed: 1, most: 1 }],
  ['lookup', { needed: 2, most: 2 }],
  ['spread', { needed: 1, most: 1 }],
  ['each', { needed: 2, most: 2 }],
  ['base64encode', { needed: 1, most: 1 }],
  ['base64decode', { needed: 1, most: 1 }],
  ['encodeUrlComponent', { needed: 1, most: 1 }],
  ['encodeUrl', { needed: 1, most: 1 }],
  ['decodeUrlComponent', { needed: 1, most: 1 }],
  ['decodeUrl', { needed: 1, most: 1 }],
  ['toMillis', { needed: 1, most: 2 }],
  ['fromMillis', { needed: 1, most: 3 }],
  ['clone', { needed: 1, most: 1 }],
]);

/** Functions known not to take the context. */
const plainFunctions = new Set(
  'sum count max min average join random uuid map zip filter single reduce append exists merge reverse error assert type sort shuffle distinct now millis'.split(
    ' ',
  ),
);

class Reading {
  readonly #read = new Map<string, readonly string[]>();
  /** Variables that hold nothing but functions written in the expression, without a signature: these never take the context. */
  readonly #ownFunctions = new Set<string>();
  readonly #otherVariables = new Set<string>();

  constructor(root: ExpressionNode) {
    this.#collectVariables(root);
  }

  consume(origin: Origin): void {
    for (const path of origin) this.#read.set(JSON.stringify(path), path);
  }

  paths(roots: readonly string[]): string[][] {
    const all = [...this.#read.values()].toSorted((a, b) => a.length - b.length);
    if (all[0]?.length === 0) return roots.map((name) => [name]);
    const kept: string[][] = [];
    for (const path of all) {
      if (!roots.includes(path[0]!)) continue; // never empty here; names outside the scope hold nothing
      if (!kept.some((shorter) => shorter.every((name, at) => path[at] === name))) kept.push([...path]);
    }
    return kept.toSorted((a, b) => (a.join('\0') < b.join('\0') ? -1 : 1));
  }

  unknownNames(roots: readonly string[]): string[] {
    const first = [...this.#read.values()].flatMap(([name]) => (name === undefined ? [] : [name]));
    return [...new Set(first)].filter((name) => !roots.includes(name));
  }

  visit(node: ExpressionNode, context: Origin): Origin {
    let origin = this.#visitBare(node, context);
    origin = this.#filter(node.predicate, origin);
    if (node.group && node.type !== 'path') origin = this.#group(node.group.lhs, origin);
    return origin;
  }

  #visitBare(node: ExpressionNode, context: Origin): Origin {
    switch (node.type) {
      case 'path':
        return this.#path(node, context);
      case 'name':
        return extend(context, String(node.value));
      case 'variable':
        if (node.value === '') return context;
        // Any other variable holds what was counted as read where it was bound.
        return node.value === '$' ? [[]] : nowhere;
      case 'condition':
        this.#consumeAll([node.condition], context);
        return union(node.then ? this.visit(node.then, context) : nowhere, node.else ? this.visit(node.else, context) : nowhere);
      case 'block': {
        let last: Origin = nowhere;
        for (const [at, part] of (node.expressions ?? []).entries()) {
          last = this.visit(part, context);
          if (at < (node.expressions?.length ?? 0) - 1 && part.type !== 'path' && part.type !== 'variable') this.consume(last);
        }
        return last;
      }
      case 'wildcard':
      case 'descendant':
        this.consume(context);
        return nowhere;
      case 'parent':
        this.consume([[]]);
        return nowhere;
      case 'function':
      case 'partial':
        this.#call(node, context, 0);
        return nowhere;
      case 'apply':
        if (node.lhs && !Array.isArray(node.lhs)) this.consume(this.visit(node.lhs, context));
        if (node.rhs?.type === 'function') this.#call(node.rhs, context, 1);
        else if (node.rhs) this.consume(this.visit(node.rhs, context));
        return nowhere;
      case 'lambda':
        if (node.body) this.consume(this.visit(node.body, context));
        return nowhere;
      case 'transform':
        // The pattern looks at the value it is applied to, which was counted where it came from.
        this.#consumeAll([node.pattern, node.update, node.delete], nowhere);
        return nowhere;
      case 'binary':
      case 'bind':
      case 'unary':
        if (Array.isArray(node.lhs)) for (const [key, value] of node.lhs) this.#consumeAll([key, value], context);
        else this.#consumeAll([node.type === 'bind' ? undefined : node.lhs], context);
        this.#consumeAll([node.rhs, node.expression, ...(node.expressions ?? [])], context);
        return nowhere;
      case 'string':
      case 'number':
      case 'value':
      case 'regex':
      case 'operator':
        return nowhere;
      default:
        // A node type this walk does not know may read anything.
        this.consume([[]]);
        return nowhere;
    }
  }

  #path(node: ExpressionNode, context: Origin): Origin {
    let current = context;
    for (const step of node.steps ?? []) {
      const before = current;
      if (step.type === 'sort') {
        for (const term of step.terms ?? []) this.consume(this.visit(term.expression, current));
      } else {
        current = this.visit(step, current);
        if (step.type !== 'name') this.#consumeUntouched(before, current);
      }
      current = this.#filter(step.stages, current);
      if (step.focus !== undefined) {
        // `books@$b` binds the step to a variable and stays where it was.
        this.consume(current);
        current = union(before, current);
      }
    }
    return node.group ? this.#group(node.group.lhs, current) : current;
  }

  #filter(stages: FilterStage[] | undefined, origin: Origin): Origin {
    for (const stage of stages ?? []) {
      if (stage.expr && stage.expr.type !== 'number') this.consume(this.visit(stage.expr, origin));
    }
    return origin;
  }

  #group(pairs: [ExpressionNode, ExpressionNode][], origin: Origin): Origin {
    for (const [key, value] of pairs) this.#consumeAll([key, value], origin);
    this.#consumeUntouched(origin, nowhere);
    return nowhere;
  }

  /**
   * A step that maps runs once for each item before it. Where it looks at nothing in the item, as in `items.(1)`, that there is an item
   * is all that matters: so the item is read.
   */
  #consumeUntouched(items: Origin, result: Origin): void {
    const touched = [...this.#read.values(), ...result];
    this.consume(items.filter((item) => item.length > 0 && !touched.some((path) => item.every((name, at) => path[at] === name))));
  }

  #call(node: ExpressionNode, context: Origin, given: number): void {
    const procedure = node.procedure;
    const count = given + (node.arguments?.length ?? 0);
    if (procedure && procedure.type !== 'variable') this.consume(this.visit(procedure, context));
    const name = procedure?.type === 'variable' ? String(procedure.value) : '';
    const takes = contextFunctions.get(name);
    const atRoot = context.length === 1 && context[0]?.length === 0;
    if (this.#otherVariables.has(name)) this.consume(context);
    else if (!this.#ownFunctions.has(name)) {
      if (takes === undefined ? !plainFunctions.has(name) : count < (atRoot ? takes.needed : takes.most)) this.consume(context);
    }
    this.#consumeAll(node.arguments ?? [], context);
  }

  #collectVariables(node: ExpressionNode): void {
    if (node.type === 'bind' && node.lhs && !Array.isArray(node.lhs)) {
      const name = String(node.lhs.value);
      // A builtin's name may mean the builtin again outside the block that binds it.
      const own =
        node.rhs?.type === 'lambda' && node.rhs.signature === undefined && !contextFunctions.has(name) && !plainFunctions.has(name);
      (own ? this.#ownFunctions : this.#otherVariables).add(name);
    }
    if (node.type === 'lambda') for (const parameter of node.arguments ?? []) this.#otherVariables.add(String(parameter.value));
    if (node.focus !== undefined) this.#otherVariables.add(node.focus);
    if (node.index !== undefined) this.#otherVariables.add(node.index);
    for (const child of childrenOf(node)) this.#collectVariables(child);
  }

  #consumeAll(nodes: readonly (ExpressionNode | undefined)[], context: Origin): void {
    for (const node of nodes) if (node) this.consume(this.visit(node, context));
  }
}

function extend(origin: Origin, name: string): Origin {
  return origin.map((path) => [...path, name]);
}

function union(a: Origin, b: Origin): Origin {
  const all = new Map([...a, ...b].map((path) => [JSON.stringify(path), path]));
  return all.size > maxOrigins ? [[]] : [...all.values()];
}
