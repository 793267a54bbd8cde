/** Columns of a batch, each sent as one text parameter. What they make is for `$name::type[]`, or for `$name::list` in commit.sql. */
import type { Json } from '@perdure/graph';
import { textElement } from './array-literal.ts';

export interface Column {
  /** The parameter. */
  literal(): string;
}

export class TextColumn implements Column {
  #text = '';

  add(value: string | null): void {
    this.#text += this.#text === '' ? textElement(value) : `,${textElement(value)}`;
  }

  literal(): string {
    return `{${this.#text}}`;
  }
}

export class NumberColumn implements Column {
  #text = '';

  add(value: number | null): void {
    const element = value ?? 'NULL';
    this.#text += this.#text === '' ? element : `,${element}`;
  }

  literal(): string {
    return `{${this.#text}}`;
  }
}

export class BooleanColumn implements Column {
  #text = '';

  add(value: boolean): void {
    this.#text += `${this.#text === '' ? '' : ','}${value ? 't' : 'f'}`;
  }

  literal(): string {
    return `{${this.#text}}`;
  }
}

/** JSON texts, joined by a character that JSON escapes: an array literal would have every quote escaped here and unescaped there. */
export class JsonColumn implements Column {
  readonly #texts: string[] = [];

  /** A null is stored as no value. */
  add(value: Json): void {
    this.#texts.push(value === null ? '' : JSON.stringify(value));
  }

  /** @param text JSON as JSON.stringify writes it */
  addText(text: string): void {
    this.#texts.push(text);
  }

  literal(): string {
    return this.#texts.join('\u001F');
  }
}
