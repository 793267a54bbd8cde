import type { EdgeId, NodeId } from './ids.ts';
import type { Port } from './port.ts';
import type { Arrival, TokenModel } from './token-model.ts';

/** Every state of a frame's control flow in which a choice is open or nothing moves any more, as far as the limits allow. */
export interface Exploration {
  states: readonly ExploredState[];
  /** Nodes that ran in some state. */
  ran: ReadonlySet<NodeId>;
  /** Joins that fired in some state. */
  fired: ReadonlySet<number>;
  /** False when a limit was reached: what was found is true, what was not found is unknown. */
  isComplete: boolean;
  /** Places at which tokens multiplied beyond the limit, inside a cycle that splits. */
  multiplying: ReadonlySet<NodeId>;
}

export interface ExploredState {
  /** What can happen next; empty when nothing moves any more. */
  moves: { choice: { node: NodeId; port: Port } | null; to: number }[];
  /** How it was first reached. */
  from: { state: number; move: number } | null;
  /** Nodes that ran since that move. */
  via: readonly NodeId[];
  /** Edges that were passed since that move. */
  along: readonly EdgeId[];
  /** Joins left with tokens, when nothing moves any more. `missing`: which of the join's edges brought none. */
  starving: readonly { join: number; arrived: number; firedBefore: boolean; missing: readonly number[] }[];
  /** Not followed further, because of a limit. */
  isCut: boolean;
}

export const maxStates = 20_000;
const maxWaiting = 3;
const maxTokens = 64;
/** In one stretch without a choice. */
const maxFirings = 20_000;
/** Elementary steps, so that wide graphs with many states cannot take long either. */
const maxWork = 4_000_000;

/**
 * Tokens at places (choices and splits) and per join edge the tokens minus the passes fired: above 0 they wait, below 0 that many still to come are swallowed.
 */
interface Marking {
  places: Map<number, number>;
  joins: Map<number, JoinMarking>;
}

interface JoinMarking {
  waiting: number[];
  hasFired: boolean;
  /** It could fire and cancel the rest, and the branch is explored in which another token moves first. */
  isHeldBack: boolean;
}

/** Where tokens stand at the beginning: those that rest, and per join and edge the tokens minus the passes fired. */
export interface TokenStart {
  arrivals: readonly Arrival[];
  joins: readonly { join: number; waiting: number[]; hasFired: boolean }[];
}

/** From the frame's entry, unless tokens stand elsewhere. */
export function exploreTokens(model: TokenModel, start: TokenStart = { arrivals: model.entry, joins: [] }): Exploration {
  const states: ExploredState[] = [];
  const known = new Map<string, number>();
  const ran = new Set<NodeId>();
  const fired = new Set<number>();
  const multiplying = new Set<NodeId>();
  const open: { id: number; marking: Marking; branch: Branch }[] = [];
  let isComplete = true;
  let work = 0;

  const enter = (marking: Marking, arrivals: readonly Arrival[], from: ExploredState['from']): number => {
    const run = new Run(model, marking);
    for (const arrival of arrivals) run.deliver(arrival, 1);
    const branch = run.advance();
    work += run.work;
    for (const id of run.via) ran.add(id);
    for (const join of run.fired) fired.add(join);
    if (run.multiplied) multiplying.add(run.multiplied);
    if (run.isCut) isComplete = false;
    const key = branch.kind === 'raised' ? 'raised' : `${run.isCut ? 'cut ' : ''}${keyOf(marking, branch)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const id = states.length;
    known.set(key, id);
    const isCut = run.isCut || states.length >= maxStates || work > maxWork;
    if (isCut) isComplete = false;
    states.push({
      moves: [],
      from,
      via: [...run.via],
      along: [...run.along],
      starving: branch.kind === 'still' && !run.isCut ? starving(marking) : [],
      isCut,
    });
    if (!isCut && (branch.kind === 'choose' || branch.kind === 'cancel')) open.push({ id, marking, branch });
    return id;
  };

  const joins = start.joins.map(({ join, waiting, hasFired }): [number, JoinMarking] => [
    join,
    { waiting: [...waiting], hasFired, isHeldBack: false },
  ]);
  enter({ places: new Map(), joins: new Map(joins) }, start.arrivals, null);
  // First in, first out: the way a state is first reached is then a shortest one.
  for (let next = 0; next < open.length; next++) {
    const { id, marking, branch } = open[next]!;
    const { moves } = states[id]!;
    if (branch.kind === 'choose') {
      for (const number of branch.places) {
        const { node, outcomes } = model.places[number]!;
        for (const { port, arrivals } of outcomes) {
          const after = copy(marking);
          take(after.places, number);
          // After each move a join that held back may cancel again.
          for (const join of after.joins.values()) join.isHeldBack = false;
          const to = enter(after, arrivals, { state: id, move: moves.length });
          moves.push({ choice: outcomes.length > 1 ? { node, port } : null, to });
        }
      }
    } else if (branch.kind === 'cancel') {
      for (const early of [true, false]) {
        const after = copy(marking);
        const run = new Run(model, after);
        if (early) run.fire(branch.join);
        else after.joins.get(branch.join)!.isHeldBack = true;
        for (const node of run.via) ran.add(node);
        if (early) fired.add(branch.join);
        if (run.isCut) isComplete = false;
        const to = enter(after, [], { state: id, move: moves.length });
        moves.push({ choice: null, to });
      }
    }
    open[next] = undefined as never; // lets go of the marking; the slot is never read again
  }
  return { states, ran, fired, isComplete, multiplying };
}

type Branch = { kind: 'choose'; places: readonly number[] } | { kind: 'cancel'; join: number } | { kind: 'still' } | { kind: 'raised' };

/** Moves tokens on until a choice is open, without which nothing is decided. */
class Run {
  readonly via = new Set<NodeId>();
  readonly along = new Set<EdgeId>();
  readonly fired: number[] = [];
  work = 0;
  isCut = false;
  multiplied: NodeId | undefined;
  #raised = false;
  readonly #model: TokenModel;
  readonly #marking: Marking;

  constructor(model: TokenModel, marking: Marking) {
    this.#model = model;
    this.#marking = marking;
  }

  deliver({ at, via, along }: Arrival, tokens: number): void {
    for (const id of via) this.via.add(id);
    for (const id of along) this.along.add(id);
    this.work++;
    if (at.kind === 'raised') this.#raised = true;
    if (at.kind === 'place') {
      const { places } = this.#marking;
      const count = (places.get(at.place) ?? 0) + tokens;
      places.set(at.place, Math.min(count, maxTokens + 1));
      if (count <= maxTokens) return;
      this.isCut = true;
      const place = this.#model.places[at.place]!;
      if (place.multiplies) this.multiplied = place.node;
    }
    if (at.kind === 'join') {
      const join = this.#joinAt(at.join);
      join.waiting[at.edge]! += tokens;
      if (join.waiting[at.edge]! > maxWaiting) this.isCut = true;
    }
  }

  advance(): Branch {
    for (;;) {
      if (this.#raised) return { kind: 'raised' };
      if (this.isCut) return { kind: 'still' };
      for (const [join, { isHeldBack }] of this.#marking.joins) {
        const { cancels } = this.#model.joins[join]!;
        if (cancels && !isHeldBack && this.#isMet(join) && this.#wouldCancel(join)) return { kind: 'cancel', join };
      }
      // While a token could be cancelled, it matters who is first: nothing may be moved in a fixed order.
      const marked = [...this.#marking.places.keys()].filter((place) => !this.#model.places[place]!.isEndless);
      if (marked.some((place) => this.#model.cancellable.has(place))) return { kind: 'choose', places: marked };
      const place = this.#deepest();
      if (place !== undefined) {
        const { outcomes, isCyclic } = this.#model.places[place]!;
        if (outcomes.length > 1 || isCyclic) return { kind: 'choose', places: [place] };
        const tokens = this.#marking.places.get(place)!;
        this.#marking.places.delete(place);
        for (const arrival of outcomes[0]!.arrivals) this.deliver(arrival, tokens);
        continue;
      }
      const met = [...this.#marking.joins.keys()].filter((join) => this.#isMet(join));
      const ready = met.find((join) => !this.#marking.joins.get(join)!.isHeldBack) ?? met[0];
      if (ready !== undefined) {
        this.fire(ready);
        continue;
      }
      // Only tokens are left that stay in their cycles for ever. None may wait for another of them to be done.
      const endless = [...this.#marking.places.keys()];
      return endless.length > 0 ? { kind: 'choose', places: endless } : { kind: 'still' };
    }
  }

  fire(number: number): void {
    const { node, cancels, out } = this.#model.joins[number]!;
    const join = this.#joinAt(number);
    join.hasFired = true;
    join.isHeldBack = false;
    this.via.add(node);
    this.fired.push(number);
    // A join that feeds itself and nothing else would fire for ever.
    if (this.fired.length > maxFirings) this.isCut = true;
    this.work += join.waiting.length;
    join.waiting = join.waiting.map((waiting) => {
      const left = waiting - 1;
      if (left < -maxWaiting) this.isCut = true;
      // Cancelled branches deliver nothing any more, so nothing is owed.
      return cancels ? Math.max(left, 0) : left;
    });
    for (const place of cancels?.places ?? []) this.#marking.places.delete(place);
    for (const inner of cancels?.joins ?? []) {
      const cleared = this.#marking.joins.get(inner);
      if (cleared) cleared.waiting = cleared.waiting.map((waiting) => Math.min(waiting, 0));
    }
    for (const arrival of out) this.deliver(arrival, 1);
  }

  #joinAt(number: number): JoinMarking {
    const { joins } = this.#marking;
    let join = joins.get(number);
    if (!join) joins.set(number, (join = { waiting: this.#model.joins[number]!.edges.map(() => 0), hasFired: false, isHeldBack: false }));
    return join;
  }

  #isMet(number: number): boolean {
    const { needed } = this.#model.joins[number]!;
    const waiting = this.#marking.joins.get(number)?.waiting ?? [];
    this.work += waiting.length;
    return waiting.filter((count) => count > 0).length >= Math.max(needed, 1);
  }

  #wouldCancel(number: number): boolean {
    const { places, joins } = this.#model.joins[number]!.cancels!;
    return (
      places.some((place) => this.#marking.places.has(place)) || joins.some((join) => this.#marking.joins.has(join) && this.#isMet(join))
    );
  }

  #deepest(): number | undefined {
    let found: number | undefined;
    let depth = -1;
    for (const place of this.#marking.places.keys()) {
      this.work++;
      const { depth: own, isEndless } = this.#model.places[place]!;
      if (!isEndless && own > depth) [found, depth] = [place, own];
    }
    return found;
  }
}

function starving({ joins }: Marking): ExploredState['starving'] {
  return [...joins]
    .filter(([, { waiting }]) => waiting.some((count) => count > 0))
    .map(([join, { waiting, hasFired }]) => {
      const missing = waiting.flatMap((count, edge) => (count > 0 ? [] : [edge]));
      return { join, arrived: waiting.length - missing.length, firedBefore: hasFired, missing };
    });
}

function copy({ places, joins }: Marking): Marking {
  return {
    places: new Map(places),
    joins: new Map([...joins].map(([join, marking]) => [join, { ...marking, waiting: [...marking.waiting] }])),
  };
}

function take(places: Map<number, number>, place: number): void {
  const left = places.get(place)! - 1;
  if (left > 0) places.set(place, left);
  else places.delete(place);
}

function keyOf({ places, joins }: Marking, branch: Branch): string {
  const tokens = [...places].sort(([a], [b]) => a - b).map(([place, count]) => `${place}:${count}`);
  const waiting = [...joins]
    .sort(([a], [b]) => a - b)
    .map(([join, marking]) => `${join}=${marking.waiting.join(',')}${marking.hasFired ? '!' : ''}${marking.isHeldBack ? '?' : ''}`);
  return `${branch.kind} ${tokens.join(' ')}|${waiting.join(' ')}`;
}
