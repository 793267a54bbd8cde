/**
 * What follows from one look at a rule. Pure: time and the stored firing come in, what to store and to tell comes out.
 *
 * L1 A rule is told of when it becomes true, and not again while it stays true, unless it says how often to remind.
 * L2 It is told of again only after it was false.
 * L3 Within the cooldown after it was told of last, a new firing is kept quiet; one that outlasts the cooldown is told of then.
 * L4 Its end is told only when its beginning was, and the rule wants it.
 */
export interface AlertTiming {
  threshold: number;
  cooldownSeconds: number;
  remindEverySeconds: number | null;
  tellResolved: boolean;
}

export interface OpenFiring {
  id: bigint;
  worst: number;
  /** Null: kept quiet so far. */
  toldAt: Date | null;
}

export type AlertMove =
  | { do: 'nothing' }
  | { do: 'begin'; tell: 'firing' | null; worst: number }
  | { do: 'go-on'; tell: 'firing' | 'reminder' | null; id: bigint; worst: number }
  | { do: 'end'; tell: 'resolved' | null; id: bigint };

/** `value` null: there was too little to say anything, which counts as false. */
export function nextAlert(rule: AlertTiming, open: OpenFiring | null, lastToldAt: Date | null, value: number | null, now: Date): AlertMove {
  const passed = (since: Date | null, seconds: number): boolean => since === null || now.getTime() - since.getTime() >= seconds * 1_000;
  const isTrue = value !== null && value >= rule.threshold;
  if (!isTrue)
    return open === null
      ? { do: 'nothing' }
      : { do: 'end', tell: rule.tellResolved && open.toldAt !== null ? 'resolved' : null, id: open.id };
  const calm = passed(lastToldAt, rule.cooldownSeconds);
  if (open === null) return { do: 'begin', tell: calm ? 'firing' : null, worst: value };
  const worst = Math.max(open.worst, value);
  if (open.toldAt === null) return { do: 'go-on', tell: calm ? 'firing' : null, id: open.id, worst };
  const remind = rule.remindEverySeconds !== null && passed(open.toldAt, rule.remindEverySeconds);
  return { do: 'go-on', tell: remind ? 'reminder' : null, id: open.id, worst };
}
