import { describe, expect, it, test } from 'vitest';
import { type NodeSketch, draw, pathAnalyser } from './document-fixture.ts';
import type { Json, JsonObject } from './json.ts';
import { validate } from './validate.ts';

const call = (key: Json = 'a', more: JsonObject = {}): NodeSketch => ({
  type: 'entity',
  parent: 'section',
  config: { entity: 'account', key, operation: 'get', mode: 'call', ...more },
});

/** A scope that locks accounts a and b, with these nodes inside; their codes, section problems only. */
function found(nodes: Record<string, NodeSketch>, edges: string[], locks: Json = [{ entity: 'account', key: ['a', 'b'] }]): string[] {
  const document = draw({ start: 'start', section: { type: 'scope', config: { catches: [], locks } }, done: 'end', ...nodes }, [
    'start -> section',
    'section -> done',
    ...edges,
  ]);
  const problems = validate(document, pathAnalyser);
  const others = problems.filter(({ code, severity }) => severity === 'error' && !code.startsWith('section.'));
  expect(others).toEqual([]);
  return problems.flatMap(({ code, node }) => (code.startsWith('section.') ? [`${code} ${node ?? ''}`] : []));
}

describe('critical sections', () => {
  it.each<[string, NodeSketch, string[]]>([
    ['calls to locked entities', call('b'), []],
    ['calls by computed keys of a locked type', call({ expr: 'input.from' }), []],
    ['calls to keys that are not locked', call('c'), ['section.not-locked node']],
    ['calls to types that are not locked', call('a', { entity: 'ledger' }), ['section.not-locked node']],
    ['signals to others', call('c', { mode: 'signal' }), []],
    ['signals to locked entities', call('a', { mode: 'signal' }), ['section.signal-locked node']],
    ['signals by computed keys', call({ expr: 'input.from' }, { mode: 'signal' }), []],
    ['sub-workflows', { type: 'subWorkflow', parent: 'section' }, ['section.sub-workflow node']],
    ['disabled steps', { type: 'subWorkflow', parent: 'section', disabled: true }, []],
  ])('judges %s', (_name, node, problems) => {
    expect(found({ node }, ['section.body -> node'])).toEqual(problems);
  });

  test('a computed lock may be any key', () => {
    expect(found({ node: call('c') }, ['section.body -> node'], [{ entity: 'account', key: { expr: 'input.from' } }])).toEqual([]);
  });

  test('no section inside another, however deep', () => {
    const inner = { type: 'scope', parent: 'each', config: { catches: [], locks: [{ entity: 'x', key: 'y' }] } };
    const nodes = {
      each: { type: 'forEach', parent: 'section', config: { items: { expr: 'input.items' }, mode: 'sequential' } },
      inner,
      work: { type: 'http', parent: 'inner' },
    };
    expect(found(nodes, ['section.body -> each', 'each.body -> inner', 'inner.body -> work'])).toEqual(['section.nested inner']);
  });

  test('an ordinary scope is no section', () => {
    expect(found({ node: { type: 'subWorkflow', parent: 'section' } }, ['section.body -> node'], [])).toEqual([]);
  });

  it.each<[string, string[], string[]]>([
    ['one after the other', ['section.body -> one', 'one -> two'], []],
    ['on two branches', ['section.body -> one', 'section.body -> two'], ['section.parallel-call one']],
    ['on two branches of a later split', ['section.body -> split', 'split -> one', 'split -> two'], ['section.parallel-call one']],
    ['on two cases of a condition', ['section.body -> either', 'either.yes -> one', 'either.otherwise -> two'], []],
  ])('calls to one entity %s', (_name, edges, problems) => {
    const nodes: Record<string, NodeSketch> = { one: call('a'), two: call('a') };
    if (edges.some((edge) => edge.includes('split'))) nodes.split = { type: 'http', parent: 'section' };
    if (edges.some((edge) => edge.includes('either'))) nodes.either = { type: 'condition', parent: 'section' };
    expect(found(nodes, edges)).toEqual(problems);
  });

  test('calls to different entities may run at the same time', () => {
    expect(found({ one: call('a'), two: call('b') }, ['section.body -> one', 'section.body -> two'])).toEqual([]);
    const computed = { one: call({ expr: 'input.from' }), two: call({ expr: 'input.to' }) };
    expect(found(computed, ['section.body -> one', 'section.body -> two'])).toEqual([]);
    const same = { one: call({ expr: 'input.from' }), two: call({ expr: 'input.from' }) };
    expect(found(same, ['section.body -> one', 'section.body -> two'])).toEqual(['section.parallel-call one']);
  });

  it.each<[JsonObject, string[]]>([
    [{ mode: 'parallel' }, ['section.parallel-call one']],
    [{ mode: 'sequential' }, []],
  ])('the items of a for each %j', (mode, problems) => {
    const each = { type: 'forEach', parent: 'section', config: { items: { expr: 'input.items' }, ...mode } };
    expect(found({ each, one: { ...call('a'), parent: 'each' } }, ['section.body -> each', 'each.body -> one'])).toEqual(problems);
    expect(found({ each, one: { ...call({ expr: 'item' }), parent: 'each' } }, ['section.body -> each', 'each.body -> one'])).toEqual([]);
  });
});

describe('entity operations', () => {
  const document = (config: JsonObject) =>
    draw(
      {
        start: 'start',
        first: 'http',
        op: { type: 'entity', config: { entity: 'account', key: 'a', operation: 'get', mode: 'call', ...config } },
      },
      ['start -> first', 'first -> op'],
    );
  const codes = (config: JsonObject) => validate(document(config), pathAnalyser).map(({ code, field }) => `${code} ${field ?? ''}`);

  it.each<[JsonObject, string[]]>([
    [{}, []],
    [{ key: 7 }, []],
    [{ key: '' }, ['config.missing key']],
    [{ key: ['a'] }, ['config.invalid key']],
    [{ entity: 'Account' }, ['config.invalid entity']],
    [{ operation: '' }, ['config.missing operation']],
    [{ mode: 'call', delay: '5s' }, ['config.invalid delay']],
    [{ mode: 'signal', delay: '5s' }, []],
    [{ mode: 'signal', delay: { expr: 'steps.later.output' } }, ['expression.unknown-step delay']],
    [{ input: { expr: 'steps.first.output.body' } }, []],
  ])('%j', (config, problems) => {
    expect(codes(config)).toEqual(problems);
  });

  test('a call ends the turn, a signal does not', () => {
    const cycle = (mode: string) =>
      validate(
        draw(
          {
            start: 'start',
            op: { type: 'entity', config: { entity: 'account', key: 'a', operation: 'get', mode } },
            again: 'condition',
            done: 'end',
          },
          ['start -> op', 'op -> again', 'again.yes -> op', 'again.otherwise -> done'],
        ),
        pathAnalyser,
      ).map(({ code }) => code);
    expect(cycle('call')).toEqual([]);
    expect(cycle('signal')).toEqual(['soundness.unbounded-loop']);
  });
});
