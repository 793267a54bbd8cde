import type { CompiledNode } from './compile-node.ts';
import { didYouMean } from './did-you-mean.ts';
import type { FrameGraph } from './frame-graph.ts';
import { type GraphIndex, nameOf } from './graph-index.ts';
import type { NodeId } from './ids.ts';
import type { Problem } from './problem.ts';

/** What expressions read against what can be there when they run: steps, variables, `item` and `index`. */
export function checkReads(
  index: GraphIndex,
  compiled: ReadonlyMap<NodeId, CompiledNode>,
  frameOf: (container: NodeId | null) => FrameGraph,
): Problem[] {
  const problems: Problem[] = [];
  const variables = writtenVariables(index);
  for (const [id, { expressions }] of compiled) {
    if (expressions.length === 0) continue;
    const earlier = new EarlierSteps(index, id, frameOf);
    for (const { field, expression, unknownNames } of expressions) {
      const found = [...new Set(unknownNames)].map((name) => unknownName(index, id, name));
      // An expression that can touch anything at all says nothing about single names.
      const isAnything = roots.every((root) => expression.reads.some((path) => path.length === 1 && path[0] === root));
      const firsts = isAnything
        ? []
        : expression.reads.map(([root, name]) => [root, root === 'steps' || root === 'vars' ? name : undefined] as const);
      for (const [root, name] of new Map(firsts.map((first) => [first.join(' '), first])).values()) {
        const problem = root === undefined ? undefined : readProblem(index, id, root, name, variables, earlier);
        if (problem) found.push(problem);
      }
      problems.push(...found.map((problem) => ({ ...problem, node: id, field })));
    }
  }
  return problems;
}

const roots = ['input', 'vars', 'steps', 'item', 'index', 'error', 'instance'];

type ReadProblem = Pick<Problem, 'code' | 'severity' | 'title' | 'detail' | 'suggestion'>;

function readProblem(
  index: GraphIndex,
  id: NodeId,
  root: string,
  name: string | undefined,
  variables: ReadonlySet<string>,
  earlier: EarlierSteps,
): ReadProblem | undefined {
  if (root === 'steps') return name === undefined ? undefined : stepProblem(index, id, name, earlier);
  if (root === 'vars') {
    if (name === undefined || variables.has(name)) return undefined;
    const guess = didYouMean(name, variables);
    return {
      code: 'expression.unknown-variable',
      severity: 'warning',
      title: 'Unknown variable',
      detail: `No step sets vars.${name}.${guess ? ` Did you mean ${guess}?` : ''}`,
      ...(guess && { suggestion: { written: `vars.${name}`, meant: `vars.${guess}` } }),
    };
  }
  if (root === 'item' || root === 'index') {
    const around = containersAround(index, id).map((container) => index.nodes.get(container)?.type);
    if (around.includes('forEach') || (root === 'index' && around.includes('loop'))) return undefined;
    return {
      code: 'expression.out-of-place',
      severity: 'warning',
      title: `No ${root} here`,
      detail: `${nameOf(index, id)} reads ${root}, which exists only inside a for each${root === 'index' ? ' or a loop' : ''}.`,
    };
  }
  return undefined;
}

function unknownName(index: GraphIndex, id: NodeId, name: string): ReadProblem {
  // A step's or variable's name on its own, without the word before it, is the other likely slip.
  const guess = index.nodes.has(name as NodeId) ? `steps.${name}.output` : didYouMean(name, roots);
  return {
    code: 'expression.unknown-name',
    severity: 'warning',
    title: 'Unknown name',
    detail: `${nameOf(index, id)} reads ${name}, which is never there.${guess ? ` Did you mean ${guess}?` : ''}`,
    ...(guess && { suggestion: { written: name, meant: guess } }),
  };
}

function stepProblem(index: GraphIndex, id: NodeId, name: string, earlier: EarlierSteps): ReadProblem | undefined {
  const step = name as NodeId; // only looked up
  const node = index.nodes.get(step);
  if (!node) {
    const guess = didYouMean(name, index.nodes.keys());
    return {
      code: 'expression.unknown-step',
      severity: 'error',
      title: 'Unknown step',
      detail: `There is no step ${name}.${guess ? ` Did you mean ${guess}?` : ''}`,
      ...(guess && { suggestion: { written: `steps.${name}`, meant: `steps.${guess}` } }),
    };
  }
  switch (earlier.relationOf(step)) {
    case 'hidden':
      return {
        code: 'expression.hidden-step',
        severity: 'error',
        title: 'Step out of sight',
        detail: `${nameOf(index, step)} is inside ${nameOf(index, node.parent!)}; its output is not visible outside. Read steps.${node.parent} instead.`,
        ...(node.parent && { suggestion: { written: `steps.${name}`, meant: `steps.${node.parent}` } }),
      };
    case 'never':
      return {
        code: 'expression.step-not-before',
        severity: 'warning',
        title: 'Step never runs before',
        detail: `${nameOf(index, id)} reads ${nameOf(index, step)}, which does not lead to it, so there may be no output to read.`,
      };
    case 'possible':
      return undefined;
  }
}

/** Which steps may have an output to read when one step runs: what leads to it, in its own frame and in the frames around it. */
class EarlierSteps {
  readonly #index: GraphIndex;
  readonly #reader: NodeId;
  readonly #frameOf: (container: NodeId | null) => FrameGraph;
  readonly #before = new Map<NodeId | null, Walk>();
  /** By frame: the node through which the reader sits in it. */
  readonly #standIn = new Map<NodeId | null, NodeId>();

  constructor(index: GraphIndex, reader: NodeId, frameOf: (container: NodeId | null) => FrameGraph) {
    this.#index = index;
    this.#reader = reader;
    this.#frameOf = frameOf;
    for (let at: NodeId | null = reader; at !== null; at = index.nodes.get(at)?.parent ?? null)
      this.#standIn.set(index.nodes.get(at)?.parent ?? null, at);
  }

  relationOf(step: NodeId): 'possible' | 'never' | 'hidden' {
    const frame = this.#index.nodes.get(step)?.parent ?? null;
    const standIn = this.#standIn.get(frame);
    if (standIn === undefined) return 'hidden';
    // A loop's condition reads the loop's own last pass.
    if (step === this.#reader && this.#index.nodes.get(step)?.type === 'loop') return 'possible';
    const { predecessors, numberOf } = this.#frameOf(frame);
    let walk = this.#before.get(frame);
    if (!walk) this.#before.set(frame, (walk = new Walk(predecessors, numberOf.get(standIn)!)));
    return walk.meets(numberOf.get(step)!) ? 'possible' : 'never';
  }
}

/** Goes backwards only as far as asked: most expressions read a near step. */
class Walk {
  readonly #links: readonly (readonly number[])[];
  readonly #seen = new Set<number>();
  readonly #open: number[];

  constructor(links: readonly (readonly number[])[], from: number) {
    this.#links = links;
    this.#open = [from];
  }

  meets(wanted: number): boolean {
    while (!this.#seen.has(wanted) && this.#open.length > 0) {
      const batch = this.#open.splice(0);
      for (const node of batch) {
        for (const before of this.#links[node]!) {
          if (this.#seen.has(before)) continue;
          this.#seen.add(before);
          this.#open.push(before);
        }
      }
    }
    return this.#seen.has(wanted);
  }
}

/** The containers a node is inside, the nearest first. Ends even where a faulty document has containers inside each other. */
export function containersAround(index: GraphIndex, id: NodeId): NodeId[] {
  const around = new Set<NodeId>();
  for (let at = index.nodes.get(id)?.parent; at && !around.has(at); at = index.nodes.get(at)?.parent) around.add(at);
  return [...around];
}

function writtenVariables(index: GraphIndex): Set<string> {
  const names = new Set<string>();
  for (const { type, config } of index.document.nodes) {
    if (type !== 'setVariables' || typeof config.variables !== 'object' || config.variables === null) continue;
    for (const name of Object.keys(config.variables)) names.add(name);
  }
  return names;
}
