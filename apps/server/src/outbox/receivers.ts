/**
 * What this process knows of those it sends to, so that one that does not answer costs the others nothing. It does not send.
 *
 * P1 Two at once for a place whose latest answer was a good one; one for any other, which is the probe.
 * P2 A place that did not answer at all rests, longer each time in a row; nothing for it is tried meanwhile, and no attempt is used up.
 * P3 Places that have not answered well share half of what can be sent at once: the other half is for those that have.
 *
 * A place is the host of a webhook, or `''`, the mail server. What is known is this process's own, and forgotten when it ends.
 */
export interface Room {
  /** How many may be begun, of all places that are meant. */
  limit: number;
  /** Of each place that is named … */
  rooms: Map<string, number>;
  /** … and of every other. */
  perPlace: number;
}

interface Known {
  answersWell: boolean;
  /** In a row in which it did not answer. */
  silences: number;
  /** Of the first of those. */
  silentSince: number;
  restsUntil: number;
}

/** [P2] The mail server has failed or a receiver is down: both are noticed to be back within so long. */
export const restsMs: readonly number[] = [5_000, 15_000, 60_000, 120_000];

const atOnce = 64;
const strangersAtOnce = atOnce / 2;
const perPlaceAnswering = 2;
const perPlaceOther = 1;
/** Where somebody makes up addresses, what is known of the oldest is forgotten. */
const mostKnown = 1_000;

export class Receivers {
  readonly #rests: readonly number[];
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly #busy = new Map<string, number>();

  constructor(rests: readonly number[] = restsMs, now: () => number = () => performance.now()) {
    this.#rests = rests;
    this.#now = now;
    // The operator's own mail server is trusted until it fails.
    this.#known.set('', { answersWell: true, silences: 0, silentSince: 0, restsUntil: 0 });
  }

  begin(place: string): void {
    this.#busy.set(place, (this.#busy.get(place) ?? 0) + 1);
  }

  end(place: string): void {
    const left = (this.#busy.get(place) ?? 1) - 1;
    if (left > 0) this.#busy.set(place, left);
    else this.#busy.delete(place);
  }

  /** `refused`: it answered, but did not take it. */
  tell(place: string, outcome: 'taken' | 'refused' | 'silent'): void {
    const before = this.#known.get(place);
    const silences = outcome === 'silent' ? (before?.silences ?? 0) + 1 : 0;
    const silentSince = before === undefined || silences <= 1 ? this.#now() : before.silentSince;
    const restMs = silences === 0 ? 0 : (this.#rests[Math.min(silences, this.#rests.length) - 1] ?? 0);
    this.#known.delete(place);
    this.#known.set(place, { answersWell: outcome === 'taken', silences, silentSince, restsUntil: this.#now() + restMs });
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest);
  }

  /** For how long it has not answered; 0: it did. */
  silentMs(place: string): number {
    const known = this.#known.get(place);
    return known === undefined || known.silences === 0 ? 0 : this.#now() - known.silentSince;
  }

  /** [P1] What those that answer may be sent now. */
  get forAnswering(): Room {
    const rooms = new Map<string, number>();
    for (const [place, { answersWell }] of this.#known)
      if (answersWell) rooms.set(place, Math.max(0, perPlaceAnswering - (this.#busy.get(place) ?? 0)));
    return { limit: rooms.size === 0 ? 0 : atOnce - this.#underway(), rooms, perPlace: 0 };
  }

  /** [P1, P3] What all others may be sent now. */
  get forOthers(): Room {
    const rooms = new Map<string, number>();
    for (const place of this.#busy.keys()) rooms.set(place, 0);
    for (const [place, { answersWell, restsUntil }] of this.#known) if (answersWell || restsUntil > this.#now()) rooms.set(place, 0);
    const strangers = this.#underway((place) => this.#known.get(place)?.answersWell !== true);
    return { limit: Math.min(atOnce - this.#underway(), strangersAtOnce - strangers), rooms, perPlace: perPlaceOther };
  }

  #underway(which: (place: string) => boolean = () => true): number {
    return [...this.#busy].reduce((sum, [place, count]) => (which(place) ? sum + count : sum), 0);
  }
}
