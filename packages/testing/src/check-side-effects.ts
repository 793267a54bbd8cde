/**
 * One line of the sink: an execution of an activity attempt began, in the process `pid`, at a moment in epoch ms. `worker`: the worker whose cell
 * that process is.
 */
export interface SideEffect {
  readonly key: string;
  readonly attempt: number;
  readonly pid: number;
  readonly worker?: number;
  readonly at: number;
}

/** A fault, from its first moment to the one behind which it can have no more effect, in epoch ms. */
export interface Fault {
  readonly from: number;
  readonly until: number;
  /** Whether it can have struck this execution: its process was killed, for instance. */
  concerns(effect: SideEffect): boolean;
}

export interface SideEffectVerdict {
  readonly holds: boolean;
  readonly executions: number;
  /** Executions beyond the first of their attempt. */
  readonly duplicates: number;
  /** Executions in flight in the first moment of the faults, summed. */
  readonly inFlight: number;
  readonly examples: readonly string[];
}

/**
 * I8: every expected key was executed at least once, and an attempt was executed again only because a fault struck an execution of it: all
 * but one of its executions were in flight at some moment of a fault. And the duplicates are not more than what was in flight in the first
 * moments of the faults, summed.
 *
 * @param reported when the result of an attempt (`key attempt`) was stored; absent = it never was
 */
export function checkSideEffects(
  effects: readonly SideEffect[],
  faults: readonly Fault[],
  reported: ReadonlyMap<string, number>,
  expected: readonly string[],
): SideEffectVerdict {
  const examples: string[] = [];
  let duplicates = 0;
  let inFlight = 0;
  const keys = new Set(effects.map(({ key }) => key));
  for (const key of expected) if (!keys.has(key)) examples.push(`${key} was never executed`);
  for (const [attempt, executions] of Map.groupBy(effects, ({ key, attempt: number }) => `${key} ${number}`)) {
    const endedAt = reported.get(attempt) ?? Infinity;
    const struckBy = (effect: SideEffect): Fault[] =>
      faults.filter((fault) => effect.at <= fault.until && endedAt >= fault.from && fault.concerns(effect));
    for (const effect of executions) inFlight += struckBy(effect).filter(({ from }) => effect.at <= from).length;
    duplicates += executions.length - 1;
    const unexplained = executions.filter((effect) => struckBy(effect).length === 0);
    if (unexplained.length > 1)
      examples.push(
        `${attempt} was executed ${unexplained.length} times (processes ${unexplained.map(({ pid }) => pid).join(', ')}) that no fault had struck`,
      );
    for (const [pid, own] of Map.groupBy(executions, (execution) => execution.pid)) {
      const again = own.findIndex((effect, i) => i > 0 && !struckBy(own[i - 1] ?? effect).some(({ from }) => from <= effect.at));
      if (again > 0) examples.push(`${attempt} was executed again by process ${pid}, with no fault in between`);
    }
  }
  if (duplicates > inFlight) examples.unshift(`${duplicates} executions were repeated, and ${inFlight} were in flight at the faults`);
  return { holds: examples.length === 0, executions: effects.length, duplicates, inFlight, examples };
}
