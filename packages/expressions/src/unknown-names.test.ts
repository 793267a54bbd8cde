import { expect, it } from 'vitest';
import { expressionAnalyser } from './analyser.ts';

const unknown = (source: string) => {
  const result = expressionAnalyser.analyse(source);
  return result.ok ? result.unknownNames : result.message;
};

it.each([
  ['inptu.amount', ['inptu']],
  ['input.amount + quote.price', ['quote']],
  ['{ "a": vras.x, "b": [step] }', ['step', 'vras']],
  ['$sum(lines.price)', ['lines']],
  ['input.lines[price > limit].sku', []],
  ['steps.quote.output.lines.(price * amount)', []],
  ['$map(input.lines, function($line) { $line.price })', []],
  ['($x := input.a; $x.price)', []],
  ['input.lines{sku: $sum(price)}', []],
  ['input.lines^(>price)', []],
  ['$', []],
  ['**.price', []],
  ['error.code = "Declined" and item.sku = index', []],
  ['instance.id', []],
])('tells the names in %s that are never there', (source, names) => {
  expect([...(unknown(source) ?? [])].sort()).toEqual(names);
});
