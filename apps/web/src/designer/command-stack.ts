/**
 * Undo and redo over immutable values. Every change of the document is one command; commands that carry the same merge key and follow
 * each other within a second are one step (typing a title is one undo, not twelve).
 *
 * 1. After n undos, n redos give the identical value.
 * 2. A new command forgets what was undone.
 */
export class CommandStack<Value> {
  #value: Value;
  #done: Command<Value>[] = [];
  #undone: Command<Value>[] = [];
  readonly #limit: number;
  readonly #now: () => number;

  constructor(value: Value, options: { limit?: number; now?: () => number } = {}) {
    this.#value = value;
    this.#limit = options.limit ?? 300;
    this.#now = options.now ?? Date.now;
  }

  get value(): Value {
    return this.#value;
  }

  /** What undo would take back, in words; null when there is nothing. */
  get undoLabel(): string | null {
    return this.#done.at(-1)?.label ?? null;
  }

  get redoLabel(): string | null {
    return this.#undone.at(-1)?.label ?? null;
  }

  /** False when nothing changed: that is no command. */
  execute(label: string, after: Value, mergeKey?: string): boolean {
    if (after === this.#value) return false;
    const at = this.#now();
    const last = this.#done.at(-1);
    if (last && mergeKey !== undefined && last.mergeKey === mergeKey && at - last.at <= mergeWindowMs && this.#undone.length === 0) {
      last.after = after;
      last.at = at;
    } else {
      this.#done.push({ label, before: this.#value, after, at, ...(mergeKey !== undefined && { mergeKey }) });
      if (this.#done.length > this.#limit) this.#done.shift();
    }
    this.#undone = [];
    this.#value = after;
    return true;
  }

  undo(): boolean {
    const command = this.#done.pop();
    if (!command) return false;
    delete command.mergeKey;
    this.#undone.push(command);
    this.#value = command.before;
    return true;
  }

  redo(): boolean {
    const command = this.#undone.pop();
    if (!command) return false;
    this.#done.push(command);
    this.#value = command.after;
    return true;
  }
}

const mergeWindowMs = 1000;

interface Command<Value> {
  label: string;
  before: Value;
  after: Value;
  at: number;
  mergeKey?: string;
}
