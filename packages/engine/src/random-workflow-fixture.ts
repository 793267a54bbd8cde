import type { Plan } from '@perdure/graph';
import {
  NO_RETRY,
  activity,
  condition,
  end,
  entityOperation,
  event,
  expr,
  fail,
  forEach,
  humanTask,
  join,
  literal,
  loop,
  planOf,
  scope,
  setVariables,
  start,
  subWorkflow,
  timer,
  transform,
} from './plan-fixture.ts';
import type { NodeSpec } from './plan-fixture.ts';

/** A workflow as blocks, which is how the property tests generate and shrink them. */
export type Block =
  | { block: 'activity'; attempts: number; caught: Block[] | null; usesInput: boolean }
  | { block: 'transform' | 'fails' }
  | { block: 'variables'; disabled: boolean }
  | { block: 'choice'; branches: Block[][] }
  | { block: 'parallel'; branches: Block[][]; needed: number; cancelRest: boolean }
  | { block: 'forEach'; count: number; concurrency: number; tolerance: number; body: Block[]; caught: Block[] | null }
  | { block: 'loop'; mode: 'while' | 'until'; passes: number; body: Block[] }
  | { block: 'scope'; body: Block[]; caught: Block[] | null; codes: string[] | null; timeout: boolean; locks: string[] }
  | { block: 'timer' }
  | { block: 'event'; name: string; timeout: Block[] | null }
  | { block: 'human'; deadline: boolean; overdue: Block[] | null }
  | { block: 'child'; wait: boolean; attempts: number; timeout: boolean }
  | { block: 'entity'; key: string; mode: 'call' | 'signal'; caught: Block[] | null }
  | { block: 'endHere' };

/** `shortcuts` adds edges between nodes of the same container, forwards only: unstructured, and often unsound. */
export function planOfBlocks(blocks: Block[], shortcuts: [number, number][]): Plan {
  const builder = new Builder();
  builder.nodes.start = start;
  const exits = builder.blocks(blocks, null, ['start']);
  builder.add('end', end(expr(({ steps, vars }) => [Object.keys(steps).length, vars])), null, exits);
  const byParent = Map.groupBy(builder.order, (name) => builder.nodes[name]?.parent ?? '');
  for (const [from, to] of shortcuts) {
    const group = [...byParent.values()][from % byParent.size] ?? [];
    const source = group[from % group.length];
    const target = group[to % group.length];
    if (source && target && group.indexOf(source) < group.indexOf(target)) builder.edges.push(`${source}>${target}`);
  }
  return planOf(builder.nodes, builder.edges);
}

class Builder {
  nodes: Record<string, NodeSpec> = {};
  edges: string[] = [];
  order: string[] = [];

  /** Adds a node behind ports given as `node` or `node:port`, and gives its name. */
  add(kind: string, node: NodeSpec, parent: string | null, from: string[]): string {
    const name = `${kind}${this.order.length}`;
    this.nodes[name] = parent === null ? node : { ...node, parent };
    this.order.push(name);
    for (const port of from) this.edges.push(`${port}>${name}`);
    return name;
  }

  /** Gives the ports its tokens leave by. */
  blocks(blocks: Block[], parent: string | null, from: string[]): string[] {
    return blocks.reduce((ports, block) => this.block(block, parent, ports), from);
  }

  inside(blocks: Block[], container: string): void {
    const exits = this.blocks(blocks, container, [`${container}:body`]);
    this.add('result', end(expr(({ index, item }) => [index ?? null, item ?? null])), container, exits);
  }

  caught(blocks: Block[] | null, parent: string | null, port: string): string[] {
    return blocks ? this.blocks(blocks, parent, [this.add('caught', transform(expr(({ error }) => error ?? null)), parent, [port])]) : [];
  }

  block(block: Block, parent: string | null, from: string[]): string[] {
    const add = (node: NodeSpec) => this.add(node.kind, node, parent, from);
    const retry = (attempts: number) => ({ ...NO_RETRY, maxNumberOfAttempts: attempts, firstRetryIntervalMs: 10 });
    switch (block.block) {
      case 'activity': {
        const name = add(
          activity({
            retry: retry(block.attempts),
            input: block.usesInput ? { all: expr((scope) => scope.item ?? scope.error ?? scope.input) } : {},
          }),
        );
        return [name, ...this.caught(block.caught, parent, `${name}:error`)];
      }
      case 'transform':
        return [add(transform(expr((_scope, clock) => clock.seed)))];
      case 'fails':
        return [add(fail('Declined')), ...from];
      case 'variables':
        return [add({ ...setVariables({ n: expr(({ vars }) => Number(vars.n ?? 0) + 1) }), disabled: block.disabled })];
      case 'choice': {
        const name = add(
          condition(...block.branches.slice(1).map((_, index): [string, () => boolean] => [`c${index}`, () => index === 1])),
        );
        return block.branches.flatMap((branch, index) =>
          this.blocks(branch, parent, [index === 0 ? `${name}:otherwise` : `${name}:c${index - 1}`]),
        );
      }
      case 'parallel': {
        const split = add(transform());
        const before = this.order.length;
        const exits = block.branches.map((branch) => this.blocks([{ block: 'transform' }, ...branch], parent, [split]));
        const region = this.order.slice(before).filter((name) => (this.nodes[name]?.parent ?? null) === parent);
        // Branches merge before the join, so that it has one edge for each of them.
        const merged = exits.map((ports) => this.add('merge', transform(), parent, ports));
        const rest = block.cancelRest ? [...region, ...merged] : undefined;
        return [this.add('join', join(Math.min(block.needed, merged.length), rest), parent, merged)];
      }
      case 'forEach': {
        const items = Array.from({ length: block.count }, (_, index) => index);
        const name = add(forEach(literal(items), { concurrency: block.concurrency, errorTolerance: block.tolerance }));
        this.inside(block.body, name);
        return [name, ...this.caught(block.caught, parent, `${name}:error`)];
      }
      case 'loop': {
        const { passes, mode } = block;
        const name = add(loop(mode, ({ index }) => (mode === 'while' ? Number(index) < passes : Number(index) >= passes - 1), 5));
        this.inside(block.body, name);
        return [name];
      }
      case 'scope': {
        const locks = block.locks.length > 0 ? [{ entity: 'list', key: literal(block.locks) }] : [];
        const name = add(scope([['catch', block.codes]], block.timeout ? 1000 : null, locks));
        this.inside(block.body, name);
        return [name, ...this.caught(block.caught, parent, `${name}:catch`)];
      }
      case 'timer':
        return [add(timer(literal('5s')))];
      case 'event': {
        const name = add(event(block.name, block.timeout ? literal('1m') : null));
        return [name, ...this.caught(block.timeout, parent, `${name}:timeout`)];
      }
      case 'human': {
        const name = add(humanTask({ deadline: block.deadline ? literal('1h') : null }));
        return [`${name}:approve`, `${name}:reject`, ...this.caught(block.overdue, parent, `${name}:overdue`)];
      }
      case 'child':
        return [add(subWorkflow({ wait: block.wait, retry: retry(block.attempts), timeoutMs: block.timeout ? 5000 : null }))];
      case 'entity': {
        const { key, mode } = block;
        // What it adds tells which step of which instance asked.
        const input = expr(({ instance }, clock) => `${instance.id} ${clock.seed}`);
        const name = add(entityOperation({ entity: 'list', key: literal(key), mode, input }));
        return [name, ...this.caught(block.caught, parent, `${name}:error`)];
      }
      case 'endHere':
        // One token goes on, its twin ends here and sets the result.
        add(end(literal('here')));
        return from;
    }
  }
}
