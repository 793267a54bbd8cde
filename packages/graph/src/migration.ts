import type { GraphEdge } from './document.ts';
import { type GraphIndex, indexGraph, nameOf } from './graph-index.ts';
import type { WorkflowDocument } from './document.ts';
import type { EdgeId, NodeId, PortId } from './ids.ts';
import { checkSoundnessFrom } from './soundness.ts';

/*
 * Whether a run of one version can go on in another: where everything that is open or waits would stand there, and what forbids it.
 * Not here: what the run's state is, and carrying it out (the engine).
 */

/** One frame of a run: what of it is open or waits, by the nodes and edges of the version it runs now. */
export interface RunningFrame {
  /** Whose content it is; null: the top level. */
  container: NodeId | null;
  /** `ports`: those an open step may be left by whatever the new version says. */
  open: readonly { node: NodeId; ports: readonly PortId[] }[];
  /** Tokens about to come to a node by an edge. */
  moving: readonly { node: NodeId; via: EdgeId | null }[];
  joins: readonly { node: NodeId; fired: number; arrived: readonly (readonly [EdgeId, number])[] }[];
}

export interface MigrationQuestion {
  from: WorkflowDocument;
  to: WorkflowDocument;
  frames: readonly RunningFrame[];
  /** Old node to new; a node that is not named goes on at the one of its own id. */
  mapping: Readonly<Record<string, string>>;
}

export interface MigrationPlace {
  node: NodeId;
  title: string;
  type: string;
  open: number;
  to: { node: NodeId; title: string } | null;
  choices: { node: NodeId; title: string }[];
}

export interface MigrationProblem {
  code:
    | 'migration.missing-node'
    | 'migration.other-type'
    | 'migration.other-container'
    | 'migration.two-to-one'
    | 'migration.lacks-port'
    | 'migration.lacks-edge'
    | 'migration.disabled'
    | 'migration.deadlock'
    | 'migration.not-checked';
  severity: 'error' | 'warning';
  message: string;
  node: NodeId | null;
  to: NodeId | null;
}

export interface MigrationAnswer {
  places: MigrationPlace[];
  problems: MigrationProblem[];
  /** What has another id in the new version. */
  nodes: Record<NodeId, NodeId>;
  edges: Record<EdgeId, EdgeId>;
  /** The joins that count tokens, as they are in the new version. */
  joins: { node: NodeId; incoming: EdgeId[] }[];
}

export function answerMigration({ from, to, frames, mapping }: MigrationQuestion): MigrationAnswer {
  const plan = new MigrationCheck(indexGraph(from), indexGraph(to), mapping);
  plan.checkMapping();
  const used = openByNode(frames);
  for (const [node, open] of used) plan.place(node, open);
  for (const frame of frames) plan.checkFrame(frame);
  // A frame with a place that is nowhere cannot be explored.
  if (plan.problems.every(({ severity }) => severity !== 'error')) for (const frame of frames) plan.explore(frame);
  return plan.answer(frames);
}

/** Containers before what is inside them: frames come in that order. */
function openByNode(frames: readonly RunningFrame[]): Map<NodeId, number> {
  const used = new Map<NodeId, number>();
  const count = (node: NodeId, by: number) => used.set(node, (used.get(node) ?? 0) + by);
  for (const { open, moving, joins } of frames) {
    for (const { node } of open) count(node, 1);
    for (const { node } of moving) count(node, 1);
    for (const { node, fired, arrived } of joins) {
      const waiting = arrived.reduce((sum, [, tokens]) => sum + Math.max(0, tokens - fired), 0);
      if (waiting > 0) count(node, waiting);
    }
  }
  return used;
}

class MigrationCheck {
  readonly problems: MigrationProblem[] = [];
  readonly #places: MigrationPlace[] = [];
  readonly #from: GraphIndex;
  readonly #to: GraphIndex;
  readonly #mapping: Readonly<Record<string, string>>;
  readonly #oldEdges: ReadonlyMap<EdgeId, GraphEdge>;
  readonly #taken = new Map<NodeId, NodeId>();
  /** Problems found in several frames alike are told once. */
  readonly #told = new Set<string>();

  constructor(from: GraphIndex, to: GraphIndex, mapping: Readonly<Record<string, string>>) {
    this.#from = from;
    this.#to = to;
    this.#mapping = mapping;
    this.#oldEdges = new Map(from.document.edges.map((edge) => [edge.id, edge]));
  }

  /** Names that there are not. */
  checkMapping(): void {
    for (const [node, to] of Object.entries(this.#mapping)) {
      const known = [...this.#from.nodes.keys()].find((id) => id === node) ?? null;
      if (known === null) this.#tell('migration.missing-node', `This version has no step “${node}” that could be mapped.`, null, null);
      else if (!this.#new(to))
        this.#tell('migration.missing-node', `The new version has no step “${to}” for ${nameOf(this.#from, known)}.`, known, null);
    }
  }

  place(node: NodeId, open: number): void {
    const name = nameOf(this.#from, node);
    const old = this.#from.nodes.get(node);
    const to = this.#target(node);
    const type = old?.type ?? '';
    const choices = [...this.#to.nodes.values()]
      .filter((one) => one.type === type)
      .map(({ id }) => ({ node: id, title: nameOf(this.#to, id) }));
    this.#places.push({ node, title: name, type, open, to: to === null ? null : { node: to, title: nameOf(this.#to, to) }, choices });
    if (to === null)
      return this.#tell('migration.missing-node', `The new version has no step for ${name}. Choose where it goes on.`, node, null);
    const target = this.#to.nodes.get(to);
    if (!target) return;
    const newName = nameOf(this.#to, to);
    if (target.type !== type)
      this.#tell('migration.other-type', `${name} cannot go on at ${newName}, which is another kind of step.`, node, to);
    const around = old?.parent ?? null;
    const container = around === null ? null : this.#target(around);
    // A container that is nowhere is told for itself.
    if (target.parent !== container && (around === null || container !== null))
      this.#tell('migration.other-container', `${name} cannot go on at ${newName}, which is in another container.`, node, to);
    const other = this.#taken.get(to);
    if (other !== undefined)
      this.#tell('migration.two-to-one', `${nameOf(this.#from, other)} and ${name} cannot both go on at ${newName}.`, node, to);
    this.#taken.set(to, node);
    if (target.disabled)
      this.#tell('migration.disabled', `${newName} is disabled. What is open there is still waited for.`, node, to, 'warning');
  }

  checkFrame({ open, joins }: RunningFrame): void {
    for (const { node, ports } of open) {
      const to = this.#target(node);
      if (to === null) continue;
      const known = new Set(this.#to.ports.get(to)?.map(({ id }) => id));
      for (const port of ports.filter((one) => !known.has(one)))
        this.#tell(
          'migration.lacks-port',
          `${nameOf(this.#to, to)} has no port “${port}”, by which the open step of ${nameOf(this.#from, node)} may be left.`,
          node,
          to,
        );
    }
    for (const { node, fired, arrived } of joins) {
      for (const [edge, tokens] of arrived) {
        if (tokens <= fired || this.#edge(edge) !== null) continue;
        const to = this.#target(node);
        const source = this.#oldEdges.get(edge)?.source;
        const where = source === undefined ? 'an edge' : nameOf(this.#from, source);
        this.#tell(
          'migration.lacks-edge',
          `A token waits in ${nameOf(this.#from, node)} that came from ${where}. The new version has no such connection.`,
          node,
          to,
        );
      }
    }
  }

  explore({ container, open, moving, joins }: RunningFrame): void {
    const resting = [...open.map(({ node }) => node), ...moving.filter(({ via }) => via === null).map(({ node }) => node)];
    const problems = checkSoundnessFrom(this.#to, {
      container: container === null ? null : this.#target(container),
      resting: resting.flatMap((node) => this.#target(node) ?? []),
      moving: moving.flatMap(({ via }) => (via === null ? [] : (this.#edge(via) ?? []))),
      joins: joins.flatMap(({ node, fired, arrived }) => {
        const to = this.#target(node);
        if (to === null) return [];
        const counts = arrived.flatMap(([edge, tokens]): [EdgeId, number][] => {
          const id = this.#edge(edge);
          return id === null ? [] : [[id, tokens]];
        });
        return [{ node: to, fired, arrived: new Map(counts) }];
      }),
    });
    for (const { code, severity, detail, node } of problems) {
      const isCut = code === 'soundness.not-checked';
      const level = isCut || severity !== 'error' ? 'warning' : 'error';
      this.#tell(isCut ? 'migration.not-checked' : 'migration.deadlock', detail, null, node ?? null, level);
    }
  }

  answer(frames: readonly RunningFrame[]): MigrationAnswer {
    const nodes: Record<NodeId, NodeId> = {};
    const edges: Record<EdgeId, EdgeId> = {};
    for (const node of this.#from.nodes.keys()) {
      const to = this.#target(node);
      if (to !== null && to !== node) nodes[node] = to;
    }
    for (const { id } of this.#from.document.edges) {
      const to = this.#edge(id);
      if (to !== null && to !== id) edges[id] = to;
    }
    const counting = new Set(frames.flatMap(({ joins }) => joins.flatMap(({ node }) => this.#target(node) ?? [])));
    const joins = [...counting].flatMap((node) =>
      this.#to.types.get(node)?.synchronises ? [{ node, incoming: (this.#to.incoming.get(node) ?? []).map(({ id }) => id) }] : [],
    );
    return { places: this.#places, problems: this.problems, nodes, edges, joins };
  }

  #target(node: NodeId): NodeId | null {
    return this.#new(Object.hasOwn(this.#mapping, node) ? (this.#mapping[node] ?? node) : node);
  }

  #new(name: string): NodeId | null {
    // A document's ids are its own; the lookup tells whether this is one.
    return this.#to.nodes.get(name as NodeId)?.id ?? null;
  }

  /** The edge that takes the place of an old one: the same two ends and port, whatever it is called. */
  #edge(id: EdgeId): EdgeId | null {
    const old = this.#oldEdges.get(id);
    const source = old && this.#target(old.source);
    const target = old && this.#target(old.target);
    if (!old || !source || !target) return null;
    return (
      this.#to.outgoing
        .get(source)
        ?.get(old.sourcePort)
        ?.find((edge) => edge.target === target)?.id ?? null
    );
  }

  #tell(
    code: MigrationProblem['code'],
    message: string,
    node: NodeId | null,
    to: NodeId | null,
    severity: MigrationProblem['severity'] = 'error',
  ): void {
    const key = JSON.stringify([code, message]);
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.problems.push({ code, severity, message, node, to });
  }
}
