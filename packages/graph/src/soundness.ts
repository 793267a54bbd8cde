import { frameGraph, reach } from './frame-graph.ts';
import { type GraphIndex, nameOf } from './graph-index.ts';
import type { EdgeId, NodeId } from './ids.ts';
import type { Port } from './port.ts';
import type { Problem } from './problem.ts';
import { strongComponents } from './strong-components.ts';
import { type Exploration, type ExploredState, exploreTokens } from './token-exploration.ts';
import { type TokenModel, buildTokenModel } from './token-model.ts';
import { checkTurnCycles, listNames } from './turn-cycles.ts';

/**
 * Explores the control flow of every frame, ignoring data, and tells what is bound to go wrong. Takes a structure without errors.
 *
 * A join left waiting is an error when no data can avoid it, or when one single choice brings it about whatever else happens ("When Fraud score ends in
 * Refused …"): such a run cannot end well. When it takes several choices together, data may rule the combination out, so it is a warning.
 */
export function checkSoundness(index: GraphIndex): Problem[] {
  const problems = checkTurnCycles(index);
  for (const container of index.children.keys()) problems.push(...checkFrame(index, container));
  return problems;
}

/** Where tokens stand in one frame of a run. */
export interface FrameMarking {
  /** Whose content the frame is; null: the top level. */
  container: NodeId | null;
  /** Nodes with a step that is open; one for each. */
  resting: readonly NodeId[];
  /** Tokens about to come in by an edge. */
  moving: readonly EdgeId[];
  joins: readonly { node: NodeId; fired: number; arrived: ReadonlyMap<EdgeId, number> }[];
}

/** What can go wrong from here on: joins that wait for ever. Ignores data, as `checkSoundness` does. */
export function checkSoundnessFrom(index: GraphIndex, { container, resting, moving, joins }: FrameMarking): Problem[] {
  const frame = frameGraph(index, container);
  const model = buildTokenModel(index, frame);
  if (model.joins.length === 0) return [];
  const numberOf = new Map(model.joins.map(({ node }, number) => [node, number]));
  const marked = new Map<number, { waiting: number[]; hasFired: boolean }>();
  const markedAt = (join: number) => {
    let known = marked.get(join);
    if (!known) marked.set(join, (known = { waiting: model.joins[join]!.edges.map(() => 0), hasFired: false }));
    return known;
  };
  for (const { node, fired, arrived } of joins) {
    const join = numberOf.get(node);
    if (join === undefined) continue;
    const waiting = model.joins[join]!.edges.map(({ id }) => (arrived.get(id) ?? fired) - fired);
    marked.set(join, { waiting, hasFired: fired > 0 });
  }
  const arrivals = resting.map((node) => model.resting(node));
  for (const id of moving) {
    const edge = index.document.edges.find((one) => one.id === id);
    const join = edge && numberOf.get(edge.target);
    if (edge && join !== undefined) markedAt(join).waiting[model.joins[join]!.edges.findIndex((one) => one.id === id)]! += 1;
    else if (edge) arrivals.push(model.resting(edge.target));
  }
  const start = { arrivals, joins: [...marked].map(([join, one]) => ({ join, ...one })) };
  const exploration = exploreTokens(model, start);
  const starved = starvedJoins(index, model, exploration);
  return exploration.isComplete ? starved : [...starved, notChecked(index, container)];
}

function notChecked(index: GraphIndex, container: NodeId | null): Problem {
  return {
    code: 'soundness.not-checked',
    severity: 'notice',
    title: 'Not checked to the end',
    detail: `${container ? nameOf(index, container) : 'This workflow'} has too many ways to run. What was found is true, but a join that can wait forever may have gone unseen. A sub-workflow or a container makes parts small enough to check.`,
    ...(container && { node: container }),
  };
}

function checkFrame(index: GraphIndex, container: NodeId | null): Problem[] {
  const frame = frameGraph(index, container);
  const model = buildTokenModel(index, frame);
  if (model.joins.length === 0 && !model.places.some(({ multiplies }) => multiplies)) return [];
  const exploration = exploreTokens(model);
  const starved = starvedJoins(index, model, exploration);
  const multiplying = [...exploration.multiplying].map((id): Problem => ({
    code: 'soundness.unbounded-tokens',
    severity: 'error',
    title: 'Paths multiply without end',
    detail: `Each round through ${nameOf(index, id)} starts more paths than it ends. Join them before the way back.`,
    node: id,
    path: [id],
  }));
  const dead = exploration.isComplete
    ? deadNodes(index, model, exploration, reach(frame.successors, 0), frame.ids, new Set(starved.map(({ node }) => node)))
    : [];
  const cut = exploration.isComplete || multiplying.length > 0 ? [] : [notChecked(index, container)];
  return [...starved, ...multiplying, ...dead, ...swallowedLoops(index, frame.successors, frame.numberOf, model), ...cut];
}

interface Cause {
  node: NodeId;
  port: Port;
}

function starvedJoins(index: GraphIndex, model: TokenModel, exploration: Exploration): Problem[] {
  const { states } = exploration;
  const before: number[][] = states.map(() => []);
  states.forEach(({ moves }, id) => {
    for (const { to } of moves) before[to]!.push(id);
  });
  const concerned = new Set(states.flatMap(({ starving }) => starving.map(({ join }) => join)));
  return [...concerned].map((join) => {
    const worst = states.findIndex(({ starving }) => starving.some((one) => one.join === join));
    const { arrived, firedBefore } = starvingOf(states[worst]!, join)!;
    const avoids = statesThatCanAvoid(join, states, before);
    const taken = choicesTo(states, worst);
    let causes: Cause[] = [];
    let severity: Problem['severity'] = 'error';
    if (avoids[0]) {
      causes = singleCauses(index, states, avoids);
      if (causes.length === 0) {
        severity = 'warning';
        causes = taken;
      }
    }
    const isTogether = severity === 'warning';
    const shown = isTogether || causes.length === 0 ? worst : reachedBy(causes[0]!, states, join, worst);
    return {
      code: firedBefore ? 'soundness.leftover' : 'soundness.deadlock',
      severity,
      title: firedBefore ? 'Token left in a join' : avoids[0] ? 'Join can wait forever' : 'Join waits forever',
      detail: `${whenClause(index, causes, isTogether)}${starvedClause(index, model, join, arrived, firedBefore, causes.length > 0)}`,
      node: model.joins[join]!.node,
      path: [...pathTo(states, shown), model.joins[join]!.node],
      witness: {
        taken: edgesTo(states, shown),
        missing: starvingOf(states[shown]!, join)!.missing.map((edge) => model.joins[join]!.edges[edge]!.id),
        choices: (isTogether ? causes : causes.slice(0, 1)).map(({ node, port }) => ({ node, port: port.id })),
      },
    };
  });
}

/** Per state: whether some way on leads to an end in which this join is not left waiting. What was not followed further counts as such a way. */
function statesThatCanAvoid(join: number, states: readonly ExploredState[], before: readonly (readonly number[])[]): Uint8Array {
  const avoids = new Uint8Array(states.length);
  const open: number[] = [];
  states.forEach(({ moves, starving, isCut }, id) => {
    if (!isCut && (moves.length > 0 || starving.some((one) => one.join === join))) return;
    avoids[id] = 1;
    open.push(id);
  });
  while (open.length > 0) {
    for (const earlier of before[open.pop()!]!) {
      if (avoids[earlier]) continue;
      avoids[earlier] = 1;
      open.push(earlier);
    }
  }
  return avoids;
}

/** Choices after which the join is left waiting whatever else happens, wherever they are made. In document order. */
function singleCauses(index: GraphIndex, states: readonly ExploredState[], avoids: Uint8Array): Cause[] {
  const seen = new Map<string, Cause & { isSure: boolean; turnsBad: boolean }>();
  states.forEach(({ moves }, id) => {
    for (const { choice, to } of moves) {
      if (!choice) continue;
      const key = `${choice.node} ${choice.port.id}`;
      let cause = seen.get(key);
      if (!cause) seen.set(key, (cause = { ...choice, isSure: true, turnsBad: false }));
      if (avoids[to]) cause.isSure = false;
      else if (avoids[id]) cause.turnsBad = true;
    }
  });
  const position = new Map(index.document.nodes.map(({ id }, i) => [id, i]));
  return [...seen.values()]
    .filter(({ isSure, turnsBad }) => isSure && turnsBad)
    .sort((a, b) => position.get(a.node)! - position.get(b.node)!);
}

function choicesTo(states: readonly ExploredState[], id: number): Cause[] {
  const causes: Cause[] = [];
  for (let at = states[id]!; at.from; at = states[at.from.state]!) {
    const { moves } = states[at.from.state]!;
    const { choice, to } = moves[at.from.move]!;
    // A choice whose outcomes all come to the same thing has no part in it.
    if (choice && moves.some((move) => move.to !== to)) causes.unshift(choice);
  }
  return causes;
}

function starvingOf(state: ExploredState, join: number): ExploredState['starving'][number] | undefined {
  return state.starving.find((one) => one.join === join);
}

const mostCompared = 500;

/** A state in which the join is left waiting just as in `worst`, and which the cause led to: what is drawn should show what the words say. */
function reachedBy({ node, port }: Cause, states: readonly ExploredState[], join: number, worst: number): number {
  const { arrived } = starvingOf(states[worst]!, join)!;
  let compared = 0;
  for (let id = worst; id < states.length && compared < mostCompared; id++) {
    if (starvingOf(states[id]!, join)?.arrived !== arrived) continue;
    compared++;
    for (let at = states[id]!; at.from; at = states[at.from.state]!) {
      const { choice } = states[at.from.state]!.moves[at.from.move]!;
      if (choice?.node === node && choice.port.id === port.id) return id;
    }
  }
  return worst;
}

function edgesTo(states: readonly ExploredState[], id: number): EdgeId[] {
  const parts: (readonly EdgeId[])[] = [];
  for (let at: ExploredState | undefined = states[id]; at; at = at.from ? states[at.from.state] : undefined) parts.unshift(at.along);
  return [...new Set(parts.flat())];
}

function pathTo(states: readonly ExploredState[], id: number): NodeId[] {
  const parts: (readonly NodeId[])[] = [];
  for (let at: ExploredState | undefined = states[id]; at; at = at.from ? states[at.from.state] : undefined) parts.unshift(at.via);
  return [...new Set(parts.flat())];
}

function whenClause(index: GraphIndex, causes: readonly Cause[], isTogether: boolean): string {
  if (causes.length === 0) return '';
  const shown = causes.slice(0, isTogether ? 4 : 3).map(({ node, port }) => {
    const name = nameOf(index, node);
    if (port.kind === 'normal') return `${name} ends in ${port.label}`;
    if (port.id === 'error') return `${name} fails`;
    if (port.id === 'timeout') return `${name} runs out of time`;
    if (port.id === 'overdue') return `${name} becomes overdue`;
    return `${name} ends in ${port.label}`;
  });
  const more = causes.length - shown.length;
  const last = more > 0 ? `${more} more ${isTogether ? 'choices fall so' : 'choices'}` : shown.pop()!;
  const word = isTogether ? 'and' : 'or';
  return `When ${shown.length > 0 ? `${shown.join(', ')} ${word} ${last}` : last}, `;
}

function starvedClause(
  index: GraphIndex,
  model: TokenModel,
  join: number,
  arrived: number,
  firedBefore: boolean,
  isContinued: boolean,
): string {
  const { node, needed } = model.joins[join]!;
  const name = nameOf(index, node);
  if (firedBefore)
    return `${name} gets only ${arrived} of ${needed} tokens for another pass, after it has already let one on. The instance would fail at its end.`;
  const hint = isContinued ? '' : ' Its branches exclude each other: lead them to the next step directly, or wait for fewer.';
  if (arrived === needed - 1 && needed <= ordinals.length) return `${name} never gets its ${ordinals[needed - 1]} token.${hint}`;
  return `${name} never gets more than ${arrived} of its ${needed} tokens.${hint}`;
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** Nodes a way leads to that no run takes. Only the first of a dead stretch is named. */
function deadNodes(
  index: GraphIndex,
  model: TokenModel,
  { ran, fired }: Exploration,
  reached: Uint8Array,
  ids: readonly (NodeId | null)[],
  explained: ReadonlySet<NodeId | undefined>,
): Problem[] {
  const hasRun = new Set<NodeId>(ran);
  for (const join of fired) hasRun.add(model.joins[join]!.node);
  return ids.flatMap((id, number): Problem[] => {
    if (!id || !reached[number] || hasRun.has(id) || explained.has(id)) return [];
    const sources = (index.incoming.get(id) ?? []).map(({ source }) => source);
    if (!sources.some((source) => hasRun.has(source))) return [];
    const disabled = sources.find((source) => index.nodes.get(source)?.disabled);
    return [
      {
        code: 'soundness.dead-node',
        severity: disabled ? 'warning' : 'error',
        title: 'Step can never run',
        detail: disabled
          ? `${nameOf(index, disabled)} is disabled and passes on by its first port only, so ${nameOf(index, id)} never runs.`
          : `No run ever gets to ${nameOf(index, id)}. Connect it another way, or delete it.`,
        node: id,
        path: [id],
      },
    ];
  });
}

/** A join that fires before all its edges delivered swallows the rest of that pass: a way back into it ends there without a word. */
function swallowedLoops(
  index: GraphIndex,
  successors: readonly (readonly number[])[],
  numberOf: ReadonlyMap<NodeId, number>,
  model: TokenModel,
): Problem[] {
  const { component } = strongComponents(successors);
  return model.joins.flatMap(({ node, needed, edges }): Problem[] => {
    const own = component[numberOf.get(node)!]!;
    const back = edges.filter(({ source }) => numberOf.has(source) && component[numberOf.get(source)!] === own);
    if (needed >= edges.length || back.length === 0 || back.length === edges.length) return [];
    return [
      {
        code: 'soundness.swallowed-loop',
        severity: 'warning',
        title: 'Way back ends in a join',
        detail: `${listNames(
          index,
          back.map(({ source }) => source),
        )} leads back to ${nameOf(index, node)}, which has already let this pass on, so the path ends there. Lead back to a step behind it: any step takes several edges.`,
        node,
        path: [...back.map(({ source }) => source), node],
      },
    ];
  });
}
