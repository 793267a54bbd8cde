import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { draw, pathAnalyser } from './document-fixture.ts';
import { nodeId, portId } from './ids.ts';
import type { PlanNode } from './plan.ts';

function planOf(document: ReturnType<typeof draw>): ReadonlyMap<string, PlanNode> {
  const compiled = compile(document, { analyser: pathAnalyser });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems, null, 1));
  return compiled.plan.nodes;
}

describe('compile', () => {
  it('compiles one node of every standard type', () => {
    const nodes = planOf(
      draw(
        {
          begin: 'start',
          call: 'http',
          compute: 'transform',
          check: 'condition',
          all: 'join',
          keep: 'setVariables',
          each: 'forEach',
          again: 'loop',
          group: 'scope',
          wait: 'timer',
          signal: 'event',
          ask: 'humanTask',
          child: 'subWorkflow',
          status: 'setStatus',
          stop: 'fail',
          done: 'end',
          inner: { type: 'end', parent: 'each' },
        },
        ['begin -> call', 'each.body -> inner'],
      ),
    );
    expect([...nodes.values()].map(({ kind }) => kind)).toEqual([
      'start',
      'activity',
      'transform',
      'condition',
      'join',
      'setVariables',
      'forEach',
      'loop',
      'scope',
      'timer',
      'event',
      'humanTask',
      'subWorkflow',
      'setStatus',
      'fail',
      'end',
      'end',
    ]);
    expect(nodes.get('inner')?.incoming).toMatchObject([{ source: 'each', port: 'body' }]);
  });

  it('keeps outputs in the order of the ports', () => {
    const nodes = planOf(
      draw({ begin: 'start', check: 'condition', a: 'end', b: 'end' }, ['begin -> check', 'check.otherwise -> a', 'check.yes -> b']),
    );
    expect([...(nodes.get('check')?.outputs.keys() ?? [])]).toEqual(['yes', 'otherwise']);
  });

  it('gives an HTTP step its input fields, its own timeout and one attempt', () => {
    const call = planOf(
      draw({ begin: 'start', call: { type: 'http', config: { method: 'POST', url: { expr: 'input.url' }, headers: { 'X-A': 'b' } } } }, [
        'begin -> call',
      ]),
    ).get('call');
    expect(call).toMatchObject({
      activity: 'http',
      timeoutMs: 60_000,
      retry: { maxNumberOfAttempts: 1 },
      input: {
        method: { kind: 'literal', value: 'POST' },
        url: { kind: 'expression' },
        headers: { value: { 'X-A': 'b' } },
        idempotencyHeader: { value: 'Idempotency-Key' },
      },
    });
  });

  it('turns a literal that holds expressions into one expression', () => {
    const config = { value: { id: { expr: 'input.id' }, tags: ['x'], deep: { n: { expr: '1 + 1' } } } };
    const node = planOf(draw({ begin: 'start', compute: { type: 'transform', config } }, ['begin -> compute'])).get('compute');
    expect(node).toMatchObject({
      value: { kind: 'expression', expression: { source: '{"id": (input.id), "tags": ["x"], "deep": {"n": (1 + 1)}}' } },
    });
  });

  it('reads a retry policy in full', () => {
    const retry = {
      firstRetryInterval: '2s',
      maxNumberOfAttempts: 5,
      backoffCoefficient: 2,
      maxRetryInterval: '1m',
      retryTimeout: '1h',
      nonRetryableErrors: ['Declined'],
    };
    expect(planOf(draw({ begin: 'start', call: { type: 'http', retry, timeout: '20s' } }, ['begin -> call'])).get('call')).toMatchObject({
      timeoutMs: 20_000,
      retry: {
        firstRetryIntervalMs: 2000,
        maxNumberOfAttempts: 5,
        backoffCoefficient: 2,
        maxRetryIntervalMs: 60_000,
        retryTimeoutMs: 3_600_000,
        nonRetryableErrors: ['Declined'],
      },
    });
  });

  it('limits the region of a join to what lies between it and its split', () => {
    const nodes = planOf(
      draw(
        {
          begin: 'start',
          before: 'timer',
          split: 'timer',
          a: 'http',
          a2: 'http',
          b: 'http',
          side: 'http',
          first: { type: 'join', config: { mode: 'any', cancelRest: true } },
          after: 'end',
        },
        [
          'begin -> before',
          'before -> split',
          'split -> a',
          'split -> b',
          'a -> a2',
          'a2 -> first',
          'b -> first',
          'b.error -> side',
          'first -> after',
        ],
      ),
    );
    const join = nodes.get('first');
    expect(join?.kind === 'join' && [...join.region].sort()).toEqual(['a', 'a2', 'b']);
    expect(join).toMatchObject({ needed: 1, cancelRest: true });
  });

  it('needs all edges of an all join, and the count of a count join', () => {
    const edges = ['begin -> a', 'begin -> b', 'begin -> c', 'a -> j', 'b -> j', 'c -> j'];
    const all = { begin: 'start', a: 'timer', b: 'timer', c: 'timer', j: 'join' };
    expect(planOf(draw(all, edges)).get('j')).toMatchObject({ needed: 3, region: new Set() });
    expect(planOf(draw({ ...all, j: { type: 'join', config: { mode: 'count', count: 2 } } }, edges)).get('j')).toMatchObject({ needed: 2 });
  });

  it.each([
    ['an edge to a missing node', draw({ begin: 'start' }, ['begin -> ghost']), 'edge.missing-node'],
    ['an edge from a missing port', draw({ begin: 'start', a: 'timer' }, ['begin.nope -> a']), 'edge.missing-port'],
    ['no start', draw({ a: 'timer' }), 'start.missing'],
    ['two starts', draw({ a: 'start', b: 'start' }), 'start.several'],
    ['an unknown type', draw({ begin: 'start', a: 'magic' }), 'node.unknown-type'],
    [
      'an edge into a container',
      draw({ begin: 'start', each: 'forEach', a: { type: 'end', parent: 'each' } }, ['begin -> a']),
      'edge.crosses-container',
    ],
    ['a body that leads outside', draw({ begin: 'start', each: 'forEach', a: 'end' }, ['each.body -> a']), 'edge.body-leaves-container'],
    [
      'containers inside each other',
      draw({ begin: 'start', a: { type: 'scope', parent: 'b' }, b: { type: 'scope', parent: 'a' } }),
      'node.parent',
    ],
    [
      'an expression that cannot be read',
      draw({ begin: 'start', a: { type: 'transform', config: { value: { expr: '(1' } } } }),
      'expression.syntax',
    ],
    [
      'an unknown config field',
      draw({ begin: 'start', a: { type: 'timer', config: { mode: 'for', value: '1h', colour: 'red' } } }),
      'config.unknown-field',
    ],
    ['an empty config field', draw({ begin: 'start', a: { type: 'http', config: { method: 'GET', url: '' } } }), 'config.missing'],
    [
      'a URL of another scheme',
      draw({ begin: 'start', a: { type: 'http', config: { method: 'GET', url: 'file:///etc/passwd' } } }),
      'config.invalid',
    ],
    [
      'a key used twice',
      draw({
        begin: 'start',
        a: {
          type: 'condition',
          config: {
            cases: [
              { key: 'x', label: '', when: '1' },
              { key: 'x', label: '', when: '2' },
            ],
          },
        },
      }),
      'config.invalid',
    ],
    [
      'a retry of a timer',
      draw({ begin: 'start', a: { type: 'timer', retry: { firstRetryInterval: '1s', maxNumberOfAttempts: 2 } } }),
      'retry.not-allowed',
    ],
    [
      'a retry without attempts',
      draw({ begin: 'start', a: { type: 'http', retry: { firstRetryInterval: '1s', maxNumberOfAttempts: 0 } } }),
      'retry.invalid',
    ],
    [
      'an expression in a list',
      draw({ begin: 'start', a: { type: 'transform', config: { value: [{ expr: '1' }] } } }),
      'expression.in-list',
    ],
  ])('refuses %s', (_, document, code) => {
    const compiled = compile(document, { analyser: pathAnalyser });
    expect(compiled.ok ? [] : compiled.problems.map((problem) => problem.code)).toContain(code);
  });

  it('compiles 5,000 nodes in well under a second', () => {
    const nodes: Record<string, string> = { n0: 'start' };
    const edges: string[] = [];
    for (let i = 1; i < 5000; i++) {
      nodes[`n${i}`] = 'http';
      edges.push(`n${i - 1} -> n${i}`);
    }
    const document = draw(nodes, edges);
    const before = performance.now();
    expect(compile(document, { analyser: pathAnalyser }).ok).toBe(true);
    expect(performance.now() - before).toBeLessThan(3000); // generous: the machine may be busy
  });

  it('names ids and ports as the document does', () => {
    expect(
      planOf(draw({ begin: 'start', a: 'end' }, ['begin -> a']))
        .get('begin')
        ?.outputs.get(portId('out')),
    ).toEqual([{ id: 'e0', source: nodeId('begin'), port: 'out', target: 'a' }]);
  });
});
