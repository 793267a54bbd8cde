/**
 * Input as nobody should send it: proper things with a part of them replaced, removed, doubled or nested, and things that were never proper.
 * Everything follows from the seed's numbers, so a case is named by its seed and its number.
 */
import type { Json } from '@perdure/graph';

export type Random = () => number;

export function among<T>(next: Random, list: readonly T[]): T {
  const one = list[Math.floor(next() * list.length)];
  if (one === undefined) throw new Error('There is nothing to choose from.');
  return one;
}

const hostileTexts = [
  '',
  ' ',
  'a\u0000b',
  '\ud800',
  '\u202e',
  '%',
  '%00',
  '../../etc/passwd',
  "'; DROP TABLE instance; --",
  '@account@a',
  '{{constructor}}',
  '__proto__',
  'constructor',
  '9'.repeat(400),
  'x'.repeat(3_000),
  '2026-02-30T00:00:00Z',
  'P1Y',
  '-1h',
  '(((((a+)+)+)+)+)$',
];

const hostileNumbers = [-1, 0, -0, 0.1, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 5e-324, 65_536];

/** A value of any kind, at most `depth` deep. */
export function anyValue(next: Random, depth = 3): Json {
  const kind = next();
  if (kind < 0.25) return among(next, hostileTexts);
  if (kind < 0.4) return among(next, hostileNumbers);
  if (kind < 0.5) return among(next, [null, true, false]);
  if (depth === 0) return {};
  if (kind < 0.55) return nested(Math.floor(next() * 200));
  if (kind < 0.75) return Array.from({ length: Math.floor(next() * 4) }, () => anyValue(next, depth - 1));
  const entries = Array.from({ length: Math.floor(next() * 4) }, () => [among(next, keys), anyValue(next, depth - 1)] as const);
  return fromEntries(entries);
}

const keys = [
  'id',
  'key',
  'expr',
  'input',
  'type',
  'config',
  'nodes',
  'data',
  '$payload',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'then',
  'a b',
];

/** As JSON.parse makes it: `__proto__` is a key like any other. */
function fromEntries(entries: readonly (readonly [string, Json])[]): Json {
  return JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`) as Json; // JSON of JSON
}

function nested(depth: number): Json {
  return JSON.parse('['.repeat(depth) + ']'.repeat(depth) || 'null') as Json; // brackets only
}

/** The value with one to four places changed. */
export function mutated(next: Random, value: Json): Json {
  let result = value;
  for (let changes = 1 + Math.floor(next() * 4); changes > 0; changes -= 1) result = change(next, result);
  return result;
}

function change(next: Random, value: Json): Json {
  // Going down is likelier than staying, or only the outside would ever change.
  if (Array.isArray(value) && value.length > 0 && next() < 0.85) {
    const at = Math.floor(next() * value.length);
    const kind = next();
    if (kind < 0.1) return value.toSpliced(at, 1);
    if (kind < 0.2) return value.toSpliced(at, 0, value[at] ?? null);
    return value.with(at, change(next, value[at] ?? null));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && next() < 0.85) {
    const entries = Object.entries(value);
    const kind = next();
    if (entries.length === 0 || kind < 0.1) return fromEntries([...entries, [among(next, keys), anyValue(next)]]);
    const at = Math.floor(next() * entries.length);
    const [key, old] = entries[at] ?? ['', null];
    if (kind < 0.2) return fromEntries(entries.toSpliced(at, 1));
    if (kind < 0.3) return fromEntries(entries.with(at, [among(next, keys), old]));
    return fromEntries(entries.with(at, [key, change(next, old)]));
  }
  if (typeof value === 'string' && next() < 0.5) return mutatedText(next, value);
  return anyValue(next);
}

/** Text with pieces of itself and of others put elsewhere. */
export function mutatedText(next: Random, text: string): string {
  let result = text;
  for (let changes = 1 + Math.floor(next() * 3); changes > 0; changes -= 1) {
    const at = Math.floor(next() * (result.length + 1));
    const until = Math.min(result.length, at + Math.floor(next() * 8));
    const piece = among(next, [
      '',
      result.slice(at, until).repeat(2),
      among(next, hostileTexts),
      among(next, [
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '"',
        '`',
        '\\',
        '.',
        '**',
        '..',
        '~>',
        '^',
        '%',
        '@$',
        '#$i',
        ':=',
        '?',
        '&',
        '/a*/',
        '$',
      ]),
    ]);
    result = result.slice(0, at) + piece + result.slice(until);
  }
  return result.slice(0, 20_000);
}

/** Expressions that are proper, some of them dear. */
const expressions = [
  'input.amount > 100 and steps.quote.output.price < 5',
  '$sum(input.items.(price * quantity))',
  'input.items[price > 3]^(>price)[0].name',
  '{"a": input.a, "b": [1..5]}',
  '$map(input.items, function($x, $i) { $x.price * $i })',
  '$reduce([1..100], function($a, $b) { $a + $b })',
  '($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(20))',
  '$replace(input.text, /a(b+)c/, "$1")',
  '$match(input.text, /(a+)+$/)',
  '$pad("x", 1000)',
  '$string(input)',
  '$eval("1+1")',
  '$now() & $uuid() & $random()',
  'input.**.price',
  '$fromMillis(1510067557121, "[Y]-[M01]-[D01]", "+0200")',
  '$formatNumber(12345.6, "#,###.00")',
  '$split(input.text, "")[0..10] ~> $join("-")',
  'input.items{name: $sum(price)}',
  '$error("no")',
  '$lookup(input, "__proto__")',
  '$merge([{"constructor": 1}, input])',
  '$each(input, function($v, $k) { $k })',
  '$sort(input.items, function($l, $r) { $l.price > $r.price })',
  '$spread(input)',
  'input.items@$i.{"n": $i.name}',
  '$base64encode($string(input.text))',
  '$toMillis("2026-01-01")',
  '$number("0x10")',
  '(function($x) { $x($x) })(function($x) { $x($x) })',
  '$power(10, 400)',
  '1/0',
  '[1..10000000]',
];

export function anyExpression(next: Random): string {
  const text = among(next, expressions);
  return next() < 0.15 ? `${text} ${among(next, ['&', '+', '~>', 'and', '?', ','])} ${among(next, expressions)}` : mutatedText(next, text);
}
