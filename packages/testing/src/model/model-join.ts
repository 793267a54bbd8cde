/** The arithmetic of the model's joins: token n of an edge belongs to pass n. [J1–J3, J7] */
import type { ModelFailure } from './model-place.ts';

export interface Join {
  /** Tokens that came, per edge. */
  arrived: Map<string, number>;
  fired: number;
  /** Per pass: what its first token was caught with. */
  errors: Map<number, ModelFailure | undefined>;
}

export function newJoin(): Join {
  return { arrived: new Map(), fired: 0, errors: new Map() };
}

export function arrive(join: Join, via: string, error: ModelFailure | undefined): void {
  const pass = (join.arrived.get(via) ?? 0) + 1;
  join.arrived.set(via, pass);
  if (pass > join.fired && !join.errors.has(pass)) join.errors.set(pass, error);
}

/** The next pass fires when enough edges have delivered their token of it; gives what its first token was caught with. */
export function fires(join: Join, needed: number): { error: ModelFailure | undefined } | null {
  const pass = join.fired + 1;
  if ([...join.arrived.values()].filter((arrived) => arrived >= pass).length < needed) return null;
  const error = join.errors.get(pass);
  join.fired = pass;
  join.errors.delete(pass);
  return { error };
}

/** With cancel the rest every edge has delivered for the pass that fired. [J5] */
export function countAll(join: Join, edges: readonly string[]): void {
  for (const edge of edges) join.arrived.set(edge, Math.max(join.arrived.get(edge) ?? 0, join.fired));
}

export function forgetWaiting(join: Join): void {
  join.errors.clear();
  for (const [edge, arrived] of join.arrived) join.arrived.set(edge, Math.min(arrived, join.fired));
}

export function isWaiting({ arrived, fired }: Join): boolean {
  return [...arrived.values()].some((count) => count > fired);
}

/** In another version: an edge it did not have takes part from the next pass on. [O10] */
export function moveTo(join: Join, incoming: readonly string[], edges: ReadonlyMap<string, string>): void {
  const arrived = new Map([...join.arrived].map(([edge, count]) => [edges.get(edge) ?? edge, count]));
  join.arrived = new Map(incoming.map((edge) => [edge, arrived.get(edge) ?? join.fired]));
}
