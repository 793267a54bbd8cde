/** One line of the sink: an execution of an activity began, in the process `pid`. */
export interface SideEffect {
  readonly key: string;
  readonly attempt: number;
  readonly pid: number;
}

export interface SideEffectVerdict {
  readonly holds: boolean;
  readonly executions: number;
  /** Executions beyond the first of their attempt. */
  readonly duplicates: number;
  readonly examples: readonly string[];
}

/**
 * I8: every expected key was executed, and an attempt was executed again only because the process that had it was struck by a fault:
 * of all executions of one attempt only the last may be in a process that was not. `struck`: pids of killed or frozen processes.
 */
export function checkSideEffects(
  effects: readonly SideEffect[],
  struck: ReadonlySet<number>,
  expected: readonly string[],
): SideEffectVerdict {
  const examples: string[] = [];
  let duplicates = 0;
  const keys = new Set(effects.map(({ key }) => key));
  for (const key of expected) if (!keys.has(key)) examples.push(`${key} was never executed`);
  for (const [attempt, executions] of Map.groupBy(effects, ({ key, attempt: number }) => `${key} attempt ${number}`)) {
    duplicates += executions.length - 1;
    const unexplained = executions.filter(({ pid }) => !struck.has(pid)).length - 1;
    if (unexplained > 0) examples.push(`${attempt} was executed ${unexplained + 1} times by processes no fault had struck`);
    for (const [pid, own] of Map.groupBy(executions, (execution) => execution.pid))
      if (own.length > 1) examples.push(`${attempt} was executed ${own.length} times by process ${pid}`);
  }
  return { holds: examples.length === 0, executions: effects.length, duplicates, examples };
}
