/**
 * Finds which of many texts stand in another one, by their first letters: what it costs follows the length of what is looked through, not the
 * number of texts. A pattern of all of them would take seconds to compile for a list of some thousands, and the server does nothing else meanwhile.
 */
export const masked = '•••';

/** As many letters as the shortest text that is looked for. */
export const shortest = 4;

/** Texts with the same beginning. */
interface Alike {
  texts: Set<string>;
  /** Of the texts; the longest first, since one may be part of another. */
  lengths: number[];
}

export class MarkedTexts {
  readonly #byBegin = new Map<string, Alike>();
  readonly #longest: number;

  /** Each of `shortest` characters or more. */
  constructor(texts: readonly string[]) {
    this.#longest = texts.reduce((longest, { length }) => Math.max(longest, length), 0);
    for (const text of texts) {
      const begin = text.slice(0, shortest);
      const alike = this.#byBegin.get(begin) ?? { lengths: [], texts: new Set() };
      this.#byBegin.set(begin, alike);
      alike.texts.add(text);
      if (!alike.lengths.includes(text.length)) alike.lengths.push(text.length);
    }
    for (const { lengths } of this.#byBegin.values()) lengths.sort((a, b) => b - a);
  }

  /** The text without them. `lookedAt`: the same text, letter by letter, as they are written; null: the text itself. */
  masked(text: string, lookedAt: string | null): string {
    if (this.#byBegin.size === 0) return text;
    const where = lookedAt ?? text;
    let left = '';
    let from = 0;
    for (let at = 0; at + shortest <= where.length;) {
      const alike = this.#byBegin.get(where.slice(at, at + shortest));
      const length = alike?.lengths.find((one) => alike.texts.has(where.slice(at, at + one)));
      if (length === undefined) at += 1;
      else {
        left += text.slice(from, at) + masked;
        at += length;
        from = at;
      }
    }
    return from === 0 ? text : left + text.slice(from);
  }

  /** Where one of them begins that the end of the text has cut; -1: none. */
  cutIn(text: string): number {
    for (let at = Math.max(0, text.length - this.#longest + 1); at + shortest <= text.length; at += 1) {
      const end = text.slice(at);
      const alike = this.#byBegin.get(end.slice(0, shortest))?.texts ?? [];
      for (const one of alike) if (one.length > end.length && one.startsWith(end)) return at;
    }
    return -1;
  }
}
