/**
 * Bounds what waits in this process for the database on behalf of callers.
 *
 * B1 at most `limit` requests are underway; one more is refused at once, so that a slow database costs callers a clear answer and not the memory;
 * B2 a caller waits `answerWithinMs` at most; its request keeps its place until the database has answered for it;
 * B3 a database that is away, full or too busy is an answer (`unavailable`), not a bug.
 */
import { outageOf } from './postgres/outage.ts';

export interface Unavailable {
  ok: false;
  code: 'unavailable';
  message: string;
}

export interface AdmissionOptions {
  /** Default 5,000. */
  limit?: number;
  /** Default 15,000. */
  answerWithinMs?: number;
  onOutage(reason: string): void;
}

export class Admission {
  readonly #limit: number;
  readonly #answerWithinMs: number;
  readonly #onOutage: (reason: string) => void;
  #underway = 0;
  readonly counters = { refusedBusy: 0, answeredLate: 0 };

  constructor({ limit = 5_000, answerWithinMs = 15_000, onOutage }: AdmissionOptions) {
    this.#limit = limit;
    this.#answerWithinMs = answerWithinMs;
    this.#onOutage = onOutage;
  }

  get underway(): number {
    return this.#underway;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result | Unavailable> {
    if (this.#underway >= this.#limit) {
      this.counters.refusedBusy += 1;
      return unavailable(`${this.#limit} requests wait for the database already. Nothing was stored; try again.`);
    }
    this.#underway += 1;
    const outcome = work()
      .catch((error: unknown) => {
        const reason = outageOf(error);
        if (reason === null) throw error;
        this.#onOutage(reason);
        return unavailable(`${reason} Nothing was acknowledged; try again, with the same id where there is one.`);
      })
      .finally(() => {
        this.#underway -= 1;
      });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Unavailable>((answer) => {
      timer = setTimeout(() => {
        this.counters.answeredLate += 1;
        answer(
          unavailable(
            'The database did not answer in time. Whether this is stored is not known; try again, with the same id where there is one.',
          ),
        );
      }, this.#answerWithinMs);
    });
    try {
      return await Promise.race([outcome, late]);
    } finally {
      clearTimeout(timer);
      outcome.catch(() => {}); // A late failure of a request that was answered is nobody's.
    }
  }
}

function unavailable(message: string): Unavailable {
  return { ok: false, code: 'unavailable', message };
}
