/**
 * Leaves out what schemas mark as sensitive (`"x-sensitive": true` on a property), wherever it has got to.
 *
 * What a workflow does with a value is an expression's business, so a path alone would not follow it: the values at the marked places are
 * collected first, and then masked wherever they stand, whole or inside a longer text.
 *
 * B1 Texts of four characters or more are masked everywhere, also as names of properties, and as JSON, addresses and base64 write them;
 *    from eight characters on in any case. Numbers of six digits or more are masked everywhere, too. What is shorter would mask what merely
 *    looks alike: it is masked under the name of a marked property.
 * B2 Of a text that was cut, what is left at its end is masked, too, if it is four characters or more.
 * B3 What an expression has made of a value in any other way (a part of it, a sum) is not recognised.
 */
import { isPayloadRef, type Json } from '@perdure/graph';
import { masked, MarkedTexts, shortest } from './marked-texts.ts';

const anyCaseFrom = 8;
const leastNumber = 100_000;
const deepest = 32;

export class SensitiveValues {
  readonly #texts = new Set<string>();
  readonly #numbers = new Set<number>();
  /** By the name of the property: its short values. */
  readonly #named = new Map<string, Set<Json>>();
  #finder: ((text: string) => string) | null = null;

  /** Collects from a value what its schema marks. */
  collect(schema: Json, value: Json): void {
    this.#finder = null;
    this.#collect(schema, value, { name: '', root: schema, depth: 0 });
  }

  get isEmpty(): boolean {
    return this.#texts.size === 0 && this.#numbers.size === 0 && this.#named.size === 0;
  }

  /** The same value without them. */
  mask<Value extends Json>(value: Value): Value {
    // What is masked keeps its shape but for the places that hold a text in place of another value.
    return (this.isEmpty ? value : this.#masked(value)) as Value;
  }

  #collect(schema: Json | undefined, value: Json, at: { name: string; root: Json; depth: number }): void {
    if (!isObject(schema) || at.depth > deepest) return;
    if (schema['x-sensitive'] === true) return this.#add(at.name, value);
    const deeper = { ...at, depth: at.depth + 1 };
    const referred = typeof schema['$ref'] === 'string' ? pointedAt(at.root, schema['$ref']) : undefined;
    // Which of several fits is not asked: what one of them marks is meant to be kept.
    const alike = ['allOf', 'anyOf', 'oneOf'].flatMap((word) => (Array.isArray(schema[word]) ? schema[word] : []));
    for (const other of [referred, schema['if'], schema['then'], schema['else'], ...alike]) this.#collect(other, value, deeper);
    if (Array.isArray(value)) {
      const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
      for (const [i, item] of value.entries()) this.#collect(i < first.length ? first[i] : schema['items'], item, deeper);
      return;
    }
    if (!isObject(value)) return;
    const { properties, additionalProperties } = schema;
    for (const [name, part] of Object.entries(value)) {
      const known = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      this.#collect(known, part, { ...deeper, name });
    }
  }

  #add(name: string, value: Json): void {
    if (typeof value === 'object' && value !== null) {
      for (const [inner, part] of Array.isArray(value) ? value.map((item) => [name, item] as const) : Object.entries(value))
        this.#add(inner, part);
      return;
    }
    if (typeof value === 'string' && value.length >= shortest) this.#texts.add(value);
    else if (typeof value === 'number' && Math.abs(value) >= leastNumber) {
      this.#numbers.add(value);
      this.#texts.add(String(Math.abs(value)));
    } else if (value !== null && value !== '' && typeof value !== 'boolean')
      this.#named.set(name, (this.#named.get(name) ?? new Set<Json>()).add(value));
  }

  #masked(value: Json): Json {
    if (typeof value === 'string') return this.#maskedText(value);
    if (typeof value === 'number') return this.#numbers.has(value) ? masked : value;
    if (Array.isArray(value)) return value.map((item) => this.#masked(item));
    if (typeof value !== 'object' || value === null) return value;
    // A reference is a hash and a length; it may carry the beginning of what it stands for.
    const isReference = isPayloadRef(value);
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => {
        if (isReference && name !== '$preview') return [name, part];
        return [this.#maskedText(name), this.#named.get(name)?.has(part) === true ? masked : this.#masked(part)];
      }),
    );
  }

  #maskedText(text: string): string {
    if (text.length < shortest) return text;
    this.#finder ??= finderOf([...this.#texts]);
    return this.#finder(text);
  }
}

/** Whether anything in it is marked at all; also in a schema that an expression makes. */
export function marksAnything(schema: unknown): boolean {
  return JSON.stringify(schema ?? null).includes('x-sensitive');
}

/** [B1, B2] */
function finderOf(texts: readonly string[]): (text: string) => string {
  const forms = [...new Set(texts.flatMap(formsOf))];
  const exact = new MarkedTexts(forms.filter((form) => form.length < anyCaseFrom));
  const anyCase = new MarkedTexts(forms.filter((form) => form.length >= anyCaseFrom).map(inOneCase));
  const beginnings = new MarkedTexts(texts);
  return (text) => withoutCutEnd(exact.masked(anyCase.masked(text, inOneCase(text)), null), beginnings);
}

/** As long as the text itself, so that places in one are places in the other: a letter that is longer in the other case is left as it is. */
function inOneCase(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return Array.from(text, (letter) => {
    const folded = letter.toUpperCase().toLowerCase();
    return folded.length === letter.length ? folded : letter;
  }).join('');
}

/** As it is written where texts stand inside other texts. Expressions take texts for Latin-1 when they write base64, others for UTF-8. */
function formsOf(text: string): string[] {
  const bytes = [Buffer.from(text), Buffer.from(text, 'latin1')];
  const coded =
    text.length < anyCaseFrom ? [] : bytes.flatMap((one) => [one.toString('base64').replace(/=+$/, ''), one.toString('base64url')]);
  return [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text.toWellFormed()), ...coded];
}

/** [B2] The beginning of one of the texts where this one was cut: at the limit of a preview, or before an ellipsis. */
function withoutCutEnd(text: string, beginnings: MarkedTexts): string {
  const pieces = text.split('…');
  const last = pieces.length - 1;
  return pieces.map((piece, i) => (i < last || text.length >= cutFrom ? withoutBeginning(piece, beginnings) : piece)).join('…');
}

function withoutBeginning(piece: string, beginnings: MarkedTexts): string {
  const body = piece.trimEnd();
  const at = beginnings.cutIn(body);
  return at === -1 ? piece : body.slice(0, at) + masked + piece.slice(body.length);
}

/** Previews are cut at lengths from here on. */
const cutFrom = 100;

function pointedAt(root: Json, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let found: Json | undefined = root;
  for (const part of reference.slice(1).split('/').filter(Boolean)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    found = Array.isArray(found) ? found[Number(name)] : isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found;
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
