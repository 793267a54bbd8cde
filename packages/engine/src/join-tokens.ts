import type { EdgeId } from '@perdure/graph';
import type { StepKey } from './ids.ts';
import type { JoinState } from './state.ts';

/*
 * The arithmetic of a join: token n on an edge belongs to pass n, passes fire in order, and what arrives for a fired pass is swallowed.
 * Nothing but two counters per edge is kept, so a join that fires a million times stays as small as one that never did.
 */

/** One token comes in by `via`. [J1] */
export function arrive(join: JoinState, via: EdgeId, caughtFrom: StepKey | undefined): void {
  const pass = (join.arrived.get(via) ?? 0) + 1;
  // The token that leaves carries what the first one of its pass brought. [J6]
  if (caughtFrom !== undefined && pass > join.fired && isFirstOf(join, pass)) join.caught.set(pass, caughtFrom);
  join.arrived.set(via, pass);
}

function isFirstOf(join: JoinState, pass: number): boolean {
  for (const count of join.arrived.values()) if (count >= pass) return false;
  return true;
}

/** The next pass, when enough edges have delivered their token of it; else null. [J2] */
export function passToFire(join: JoinState, needed: number): number | null {
  const pass = join.fired + 1;
  let ready = 0;
  for (const count of join.arrived.values()) if (count >= pass) ready++;
  return ready >= needed ? pass : null;
}

export function fire(join: JoinState, pass: number): void {
  join.fired = pass;
  join.caught.delete(pass);
}

/** With cancel the rest: what was cancelled on its way counts as arrived, so that the next token of an edge is one of the next pass. [J5] */
export function countAsArrived(join: JoinState, edges: readonly EdgeId[], pass: number): void {
  for (const edge of edges) join.arrived.set(edge, Math.max(join.arrived.get(edge) ?? 0, pass));
}

/** Whether tokens of a pass that has not fired wait here. */
export function holdsTokens(join: JoinState): boolean {
  for (const count of join.arrived.values()) if (count > join.fired) return true;
  return false;
}

/** Takes away the tokens that wait for a pass to come. */
export function clearWaiting(join: JoinState): void {
  for (const [edge, count] of join.arrived) if (count > join.fired) join.arrived.set(edge, join.fired);
  join.caught.clear();
}
