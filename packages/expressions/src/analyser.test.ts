import { describe, expect, test } from 'vitest';
import { expressionAnalyser } from './analyser.ts';

const analyse = (source: string) => expressionAnalyser.analyse(source);

function reads(source: string): string[] {
  const result = analyse(source);
  if (!result.ok) throw new Error(`${source}: ${result.message}`);
  return result.expression.reads.map((path) => path.join('.'));
}

const everything = ['error', 'index', 'input', 'instance', 'item', 'steps', 'vars'];

describe('reads', () => {
  test.each<[string, string[]]>([
    ['steps.quote.output.price', ['steps.quote.output.price']],
    ['input.a.b & input.a.c', ['input.a.b', 'input.a.c']],
    ['input.a & input.a.c', ['input.a']],
    ['$.input.a + $$.vars.b', ['input.a', 'vars.b']],
    ['steps.orders.output.items[price > 3].name', ['steps.orders.output.items.name', 'steps.orders.output.items.price']],
    ['steps.a.output[0].x', ['steps.a.output.x']],
    ['$count(steps.a.output)', ['steps.a.output']],
    ['input.x ? vars.y : vars.z', ['input.x', 'vars.y', 'vars.z']],
    ['{"a": input.a, "b": [vars.b, item.c]}', ['input.a', 'item.c', 'vars.b']],
    ['input.*', ['input']],
    ['input.**.name', ['input']],
    ['$lookup(vars, input.key)', ['input.key', 'vars']],
    ['($o := steps.a.output; $o.price)', ['steps.a.output']],
    ['$map(input.items, function($i) { $i.price * vars.rate })', ['input.items', 'vars.rate']],
    ['input.items.{"n": name, "of": $$.vars.total}', ['input.items.name', 'vars.total']],
    ['input.items^(>price).name', ['input.items.name', 'input.items.price']],
    ['input.items{kind: $sum(price)}', ['input.items.kind', 'input.items.price']],
    ['input.books@$b.($$.vars.loans[isbn = $b.isbn])', ['input.books', 'vars.loans']],
    ['input ~> |items|{"price": $$.vars.p}|', ['input', 'vars.p']],
    ['input.name ~> $uppercase()', ['input.name']],
    ['input.name.$uppercase()', ['input.name']],
    ['input.names.$substring($, 2)', ['input.names']],
    ['error.code = "X" and index > 2', ['error.code', 'index']],
    ['$', everything],
    ['$$', everything],
    ['$string()', everything],
    ['*', everything],
    ['input.a.%.b', everything],
    ['($f := $lookup; $f("vars"))', everything],
    ['($f := function($n) { $n < 1 ? 1 : $n * $f($n - 1) }; $f(input.n))', ['input.n']],
    ['"text"', []],
    ['price', []],
  ])('%s', (source, expected) => {
    expect(reads(source).toSorted()).toEqual(expected);
  });
});

describe('cost', () => {
  test.each([
    'input.a.b',
    'input.items[0].price',
    '`odd name`.x',
    'input.a > 3 and $not(vars.b)',
    '{"total": steps.a.output.net * 1.2, "list": [1, input.x]}',
    '"Order " & input.id & " at " & $now()',
    'input.x ?? "none"',
    'input.x ?: "none"',
    '($a := input.x; $a + 1)',
    '(input.a ? input.b : input.c).name',
    '$sum(input.items.price)',
    '$uuid()',
  ])('cheap: %s', (source) => {
    expect(analyse(source)).toMatchObject({ ok: true, expression: { cost: 'cheap' } });
  });

  test.each([
    'input.items[price > 3]',
    'input.items[vars.n]',
    'input.items^(price)',
    'input.*',
    'input.**',
    'input.items.(price * 2)',
    'input.items.{"n": name}',
    'input.items{kind: price}',
    'input.items.name[]',
    'input.items@$i.name',
    'input.items#$n.name',
    '$map(input.items, $string)',
    'function($x) { $x }',
    '$contains(input.a, /x/)',
    '[1..10]',
    '$pad("x", 10)',
    '$join(input.names)',
    '$now("[Y]")',
    'input ~> $count',
    '($sum := 1; $sum(1))',
    '$uppercase',
  ])('sandboxed: %s', (source) => {
    expect(analyse(source)).toMatchObject({ ok: true, expression: { cost: 'sandboxed' } });
  });
});

describe('what is refused', () => {
  test.each<[string, RegExp, number]>([
    ['', /empty/, 0],
    ['   ', /empty/, 0],
    ['input.a +', /ends too early/, 9],
    ['input.(a', /“\)” is missing/, 8],
    ['"open', /not closed/, 5],
    ['input.a b', /Unexpected “b”/, 9],
    ['$eval("1")', /\$eval is not available/, 5],
    ['($e := $eval; $e("1"))', /\$eval is not available/, 12],
    ['$match(input.a, /(?=x)/)', /cannot be used/, 23],
    ['$match(input.a, /(a)\\1/)', /cannot be used/, 23],
    ['$match(input.a, /(/)', /not closed|not valid/, 20],
  ])('%s', (source, message, position) => {
    const result = analyse(source);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.message).toMatch(message);
    expect(result.position).toBe(position);
  });

  test('too long, too deep, too many copies', () => {
    expect(analyse('1'.padEnd(16 * 1024 + 1))).toMatchObject({ ok: false });
    expect(analyse(`${'('.repeat(5000)}1${')'.repeat(5000)}`)).toMatchObject({ ok: false });
    expect(analyse(`${'-'.repeat(9000)}input.a`)).toMatchObject({ ok: false });
    expect(analyse(Array.from({ length: 4000 }, () => 'a').join('+'))).toMatchObject({ ok: false });
    expect(analyse('/**/'.repeat(4000) + '1').ok).toBeTypeOf('boolean');
    for (const prefix of ['', '/"/ & ', 'in/"/ & ', '1 /"/" & ', "/['\\/]/ & "]) {
      const nested = `${prefix}${'('.repeat(40)}a${' ?: b)'.repeat(40)}`;
      const started = performance.now();
      expect(analyse(nested)).toMatchObject({ ok: false });
      expect(performance.now() - started).toBeLessThan(1000);
    }
    expect(analyse(Array.from({ length: 30 }, (_, at) => `input.a${at}`).join(' ?? '))).toMatchObject({ ok: true });
  });

  test('any text is analysed or refused, never thrown at', () => {
    const pieces = [
      'input',
      '.',
      '[',
      ']',
      '(',
      ')',
      '{',
      '}',
      '"',
      "'",
      '`',
      '/',
      '?',
      ':',
      '??',
      '?:',
      '$',
      '$x',
      ':=',
      '@',
      '#',
      '%',
      '*',
      '**',
      '~>',
      '|',
      'and',
      'in',
      '-',
      '1',
      ',',
      ';',
      '^',
      '<',
      '>',
      'function',
      '&',
      '..',
      ' ',
      '\\',
      'λ',
      '=',
      '!',
    ];
    let state = 7;
    const next = (below: number) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % below;
    for (let round = 0; round < 4000; round++) {
      const source = Array.from({ length: 1 + next(12) }, () => pieces[next(pieces.length)]).join('');
      const result = analyse(source);
      expect(result.ok || result.message.length > 3).toBe(true);
    }
  });
});
