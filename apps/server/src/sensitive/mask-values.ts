/**
 * Leaves out what schemas mark as sensitive (`"x-sensitive": true` on a property), wherever it has got to.
 *
 * What a workflow does with a value is an expression's business, so a path alone would not follow it: the values at the marked places are
 * collected first, and then masked wherever they stand, whole or inside a longer text.
 *
 * B1 Texts of four characters or more are masked everywhere. Anything shorter, and numbers, would mask what merely looks alike: they are masked
 *    under the name of a marked property.
 */
import { isPayloadRef, type Json } from '@perdure/graph';

export const masked = '•••';

const shortest = 4;

export class SensitiveValues {
  readonly #texts = new Set<string>();
  /** By the name of the property: its short values. */
  readonly #named = new Map<string, Set<Json>>();

  /** Collects from a value what its schema marks. */
  collect(schema: Json, value: Json): void {
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return;
    if (Array.isArray(value)) {
      for (const item of value) this.collect(schema['items'] ?? null, item);
      return;
    }
    const { properties } = schema;
    if (typeof value !== 'object' || value === null || !isObject(properties)) return;
    for (const [name, part] of Object.entries(properties)) {
      const found = value[name];
      if (found === undefined) continue;
      if (isObject(part) && part['x-sensitive'] === true) this.#add(name, found);
      else this.collect(part, found);
    }
  }

  get isEmpty(): boolean {
    return this.#texts.size === 0 && this.#named.size === 0;
  }

  /** The same value without them. */
  mask<Value extends Json>(value: Value): Value {
    // What is masked keeps its shape but for the places that hold a text in place of another value.
    return (this.isEmpty ? value : this.#masked(value)) as Value;
  }

  #masked(value: Json): Json {
    if (typeof value === 'string') return this.#maskedText(value);
    if (Array.isArray(value)) return value.map((item) => this.#masked(item));
    if (typeof value !== 'object' || value === null || isPayloadRef(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, this.#named.get(name)?.has(part) === true ? masked : this.#masked(part)]),
    );
  }

  #maskedText(text: string): string {
    let left = text;
    for (const secret of this.#texts) left = left.replaceAll(secret, masked);
    return left;
  }

  #add(name: string, value: Json): void {
    if (typeof value === 'object' && value !== null) {
      for (const [inner, part] of Array.isArray(value) ? value.map((item) => [name, item] as const) : Object.entries(value))
        this.#add(inner, part);
      return;
    }
    if (typeof value === 'string' && value.length >= shortest) this.#texts.add(value);
    else if (value !== null && value !== '' && typeof value !== 'boolean')
      this.#named.set(name, (this.#named.get(name) ?? new Set<Json>()).add(value));
  }
}

/** Whether anything in it is marked at all. */
export function marksAnything(schema: unknown): boolean {
  return JSON.stringify(schema ?? null).includes('"x-sensitive":true');
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
