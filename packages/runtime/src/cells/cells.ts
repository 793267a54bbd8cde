/**
 * A worker's cells: which attempts share one, when one is made, and when it ends.
 *
 * C4 a cell is made when a suspect needs one, and ends when it has had nothing to do for `idleMs`;
 * C5 what a takeover found shares one cell; what was in a cell that died is begun again in one that it has for itself. So a poison takes down
 *    with it what ran beside it once, and what is held was alone when it ended its cell;
 * C6 nothing is begun for whom it is no longer this worker's to begin, however long a cell took to come.
 *
 * Not here: whose turn it is (ActivityDispatcher, SuspectLane), what is counted (Claims).
 */
import type { Json } from '@perdure/graph';
import { boundedOutcome, type ActivityOutcome, type BoundedOutcome } from '../activity-outcome.ts';
import { thrown, type ActivityJob, type ActivityResult, type AttemptAbort } from '../activity-runner.ts';
import type { RuntimeObserver } from '../ports/runtime-observer.ts';
import { Cell, type CellSettings } from './cell.ts';

export interface CellsOptions extends CellSettings {
  loadInput(input: Json): Json | Promise<Json>;
  /** Holds back what is about to be begun. */
  admit?(signal: AbortSignal): Promise<void>;
  observer: RuntimeObserver | null;
  onTrouble(error: Error): void;
}

export type Company = 'together' | 'alone';

/** More wait: each is a process. */
const aloneLimit = 8;
const idleMs = 10_000;
/** How long an attempt that is alone in a cell has to end when it is aborted. */
const abortGraceMs = 1_000;
const answerWithinMs = 1_000;
const [restartPauseMs, longestRestartPauseMs] = [500, 30_000];

export class Cells {
  readonly #options: CellsOptions;
  readonly #idle = new Map<Cell, NodeJS.Timeout>();
  readonly #cells = new Set<Cell>();
  readonly #alone = new Set<Cell>();
  readonly #waiting: (() => void)[] = [];
  #shared: Cell | null = null;
  #isClosed = false;
  readonly #counters = { cellsStarted: 0, cellDeaths: 0 };

  constructor(options: CellsOptions) {
    this.#options = options;
  }

  get counters(): Readonly<Record<'cellsStarted' | 'cellDeaths', number>> {
    return this.#counters;
  }

  get size(): number {
    return this.#cells.size;
  }

  /** `mayBegin` is asked right before it begins, and may take its time (C6). Never rejects. */
  async attempt(
    job: ActivityJob,
    abort: AttemptAbort,
    company: Company,
    mayBegin: (signal: AbortSignal) => Promise<boolean>,
  ): Promise<BoundedOutcome | 'died' | 'left'> {
    const observed = this.#options.observer?.activity?.(job) ?? null;
    const traceParent = observed === null ? job.traceParent : observed.traceParent;
    const outcome = await this.#attempt({ ...job, ...(traceParent === undefined ? {} : { traceParent }) }, abort, company, mayBegin).catch(
      (error: unknown) => boundedOutcome(thrown(error)),
    );
    observed?.end(resultOf(outcome));
    return outcome;
  }

  /** Ends every cell with an attempt that matches whose main thread does not answer: it is dead, and is known to be so now. */
  async check(matches: (job: ActivityJob) => boolean): Promise<void> {
    await Promise.all([...this.#cells].filter((cell) => cell.holds(matches)).map((cell) => cell.check(answerWithinMs)));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const admit of this.#waiting.splice(0)) admit();
    const cells = [...this.#cells];
    for (const cell of cells) cell.kill('The worker stops.');
    await Promise.all(cells.map(({ gone }) => gone));
  }

  async #attempt(
    job: ActivityJob,
    abort: AttemptAbort,
    company: Company,
    mayBegin: (signal: AbortSignal) => Promise<boolean>,
  ): Promise<BoundedOutcome | 'died' | 'left'> {
    const { loadInput, admit } = this.#options;
    const { signal } = abort;
    const input = await loadInput(job.input);
    const cell = await this.#place(company, signal);
    if (cell === null) return 'left';
    try {
      await admit?.(signal);
      if (!(await mayBegin(signal)) || signal.aborted) return 'left';
      const limit = company === 'alone' ? giveUpAfterAbort(cell, signal) : null;
      const outcome = await cell.run({ ...job, input }, signal);
      limit?.cancel();
      return outcome === 'died' && (this.#isClosed || signal.aborted) ? 'left' : outcome;
    } finally {
      this.#leave(cell, company);
    }
  }

  /** A cell that can be used; null when it is not wanted any more. */
  async #place(company: Company, signal: AbortSignal): Promise<Cell | null> {
    for (let pauseMs = restartPauseMs; !this.#isClosed && !signal.aborted; pauseMs = Math.min(2 * pauseMs, longestRestartPauseMs)) {
      const cell = company === 'together' ? this.#common() : await this.#own();
      if (cell === null) return null;
      try {
        await cell.ready;
        if (!cell.isGone) return cell;
      } catch (error) {
        // Nothing was begun in it: that is the machine's doing, or the module's.
        if (!this.#isClosed) this.#options.onTrouble(error as Error);
        await new Promise((resume) => setTimeout(resume, pauseMs));
      }
      this.#leave(cell, company);
    }
    return null;
  }

  #common(): Cell {
    if (this.#shared === null || this.#shared.isGone) this.#shared = this.#make(false);
    this.#occupy(this.#shared);
    return this.#shared;
  }

  /** [C5] */
  async #own(): Promise<Cell | null> {
    while (this.#alone.size >= aloneLimit) await new Promise<void>((resume) => this.#waiting.push(resume));
    if (this.#isClosed) return null;
    const idle = [...this.#idle.keys()].find((one) => one !== this.#shared && !one.isGone);
    const cell = idle ?? this.#make(true);
    this.#alone.add(cell);
    this.#occupy(cell);
    return cell;
  }

  #occupy(cell: Cell): void {
    clearTimeout(this.#idle.get(cell));
    this.#idle.delete(cell);
  }

  #leave(cell: Cell, company: Company): void {
    if (company === 'alone') {
      this.#alone.delete(cell);
      this.#waiting.shift()?.();
    }
    if (cell.isGone || cell.size > 0) return;
    this.#occupy(cell);
    // C4
    this.#idle.set(cell, setTimeout(() => this.#end(cell), idleMs).unref());
  }

  #end(cell: Cell): void {
    this.#idle.delete(cell);
    if (cell.size > 0) return;
    if (this.#shared === cell) this.#shared = null;
    cell.kill('It had nothing to do.');
  }

  #make(gently: boolean): Cell {
    const cell = new Cell(this.#options, gently);
    this.#cells.add(cell);
    this.#counters.cellsStarted += 1;
    this.#options.observer?.cell?.({ type: 'started', pid: cell.pid });
    void cell.gone.then(({ reason, lost }) => {
      this.#cells.delete(cell);
      this.#occupy(cell);
      if (lost.length === 0 || this.#isClosed) return;
      this.#counters.cellDeaths += 1;
      this.#options.observer?.cell?.({ type: 'died', pid: cell.pid, reason, attempts: lost });
    });
    return cell;
  }
}

/** Whoever is alone in a cell and does not heed that nobody wants it any more goes with it. */
function giveUpAfterAbort(cell: Cell, signal: AbortSignal): { cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const aborted = (): void => {
    timer = setTimeout(() => cell.kill('An attempt that was given up did not end.'), abortGraceMs);
  };
  signal.addEventListener('abort', aborted);
  return {
    cancel() {
      signal.removeEventListener('abort', aborted);
      clearTimeout(timer);
    },
  };
}

/** For those who watch. */
function resultOf(outcome: BoundedOutcome | 'died' | 'left'): ActivityResult {
  if (typeof outcome !== 'object')
    return { ok: false, failure: { code: outcome === 'died' ? 'CellDied' : 'Canceled', message: 'There was no outcome.' } };
  const body: ActivityOutcome = outcome.outcome;
  return body.type === 'CompleteTask' ? { ok: true, output: body.output } : { ok: false, failure: body.failure };
}
