import { describe, expect, it } from 'vitest';
import { draw, pathAnalyser } from './document-fixture.ts';
import type { WorkflowDocument } from './document.ts';
import { validate } from './validate.ts';

const check = (document: WorkflowDocument) => validate(document, pathAnalyser);
const transform = (expr: string, parent?: string) => ({ type: 'transform', config: { value: { expr } }, ...(parent && { parent }) });

describe('validate', () => {
  it('finds nothing in a workflow that is in order', () => {
    const document = draw(
      {
        s: 'start',
        quote: 'http',
        check: 'condition',
        ask: 'humanTask',
        each: 'forEach',
        line: { type: 'http', parent: 'each' },
        done: { type: 'end', parent: 'each', config: { value: { expr: 'steps.line.output.body' } } },
        sum: transform('$sum(steps.each.output) + steps.quote.output.body.price'),
        e: 'end',
        r: 'fail',
      },
      [
        's -> quote',
        'quote -> check',
        'check.yes -> ask',
        'check.otherwise -> each',
        'ask.approved -> each',
        'ask.rejected -> r',
        'each.body -> line',
        'line -> done',
        'each -> sum',
        'sum -> e',
      ],
    );
    expect(check(document)).toEqual([]);
  });

  it.each<[string, WorkflowDocument, string, string]>([
    [
      'an overdue port that leads nowhere',
      draw(
        {
          s: 'start',
          a: { type: 'humanTask', config: { title: 'x', deadline: '2d', outcomes: [{ key: 'ok', label: 'OK', tone: 'primary' }] } },
        },
        ['s -> a'],
      ),
      'port.not-connected',
      'Overdue leads nowhere: an overdue task would fail the instance.',
    ],
    [
      'a timeout that leads nowhere',
      draw({ s: 'start', a: { type: 'event', config: { name: 'x', timeout: '1h' } } }, ['s -> a']),
      'port.not-connected',
      'Timeout leads nowhere: running out of time would fail the instance.',
    ],
    [
      'an outcome that leads nowhere',
      draw({ s: 'start', a: 'humanTask', b: 'end' }, ['s -> a', 'a.approved -> b']),
      'port.not-connected',
      'Rejected leads nowhere: this path would end there.',
    ],
    ['a step nothing leads to', draw({ s: 'start', a: 'timer' }), 'node.unreachable', 'Nothing leads to a. Connect it, or delete it.'],
    [
      'steps that only lead to each other',
      draw({ s: 'start', a: 'timer', b: 'timer' }, ['a -> b', 'b -> a']),
      'node.unreachable',
      'No way leads from the start to a. Connect it, or delete it.',
    ],
    ['an empty container', draw({ s: 'start', a: 'forEach' }, ['s -> a']), 'container.empty', 'a has nothing to do. Put a step into it.'],
    [
      'a container whose body is not connected',
      draw({ s: 'start', a: 'forEach', b: { type: 'end', parent: 'a' } }, ['s -> a']),
      'container.empty',
      'a does not know where to begin. Connect its body to the first step inside it.',
    ],
    [
      'a misspelt step',
      draw({ s: 'start', quote: 'http', a: transform('steps.quoet.output') }, ['s -> quote', 'quote -> a']),
      'expression.unknown-step',
      'There is no step quoet. Did you mean quote?',
    ],
    [
      'a step that does not lead here',
      draw({ s: 'start', a: 'http', b: transform('steps.a.output') }, ['s -> a', 's -> b']),
      'expression.step-not-before',
      'b reads a, which does not lead to it, so there may be no output to read.',
    ],
    [
      'a step inside a container',
      draw(
        { s: 'start', g: { type: 'scope', config: { catches: [] } }, i: { type: 'http', parent: 'g' }, b: transform('steps.i.output') },
        ['s -> g', 'g.body -> i', 'g -> b'],
      ),
      'expression.hidden-step',
      'i is inside g; its output is not visible outside. Read steps.g instead.',
    ],
    [
      'a variable nobody sets',
      draw({ s: 'start', v: 'setVariables', b: transform('vars.cuont') }, ['s -> v', 'v -> b']),
      'expression.unknown-variable',
      'No step sets vars.cuont. Did you mean count?',
    ],
    [
      'an item outside a for each',
      draw({ s: 'start', b: transform('item.sku') }, ['s -> b']),
      'expression.out-of-place',
      'b reads item, which exists only inside a for each.',
    ],
    [
      'a misspelt name',
      draw({ s: 'start', b: transform('inptu.amount') }, ['s -> b']),
      'expression.unknown-name',
      'b reads inptu, which is never there. Did you mean input?',
    ],
    [
      'a step without the word before it',
      draw({ s: 'start', a: 'http', b: transform('a.output') }, ['s -> a', 'a -> b']),
      'expression.unknown-name',
      'b reads a, which is never there. Did you mean steps.a.output?',
    ],
    [
      'variables set in parallel',
      draw({ s: 'start', g: 'forEach', v: { type: 'setVariables', parent: 'g' } }, ['s -> g', 'g.body -> v']),
      'variables.parallel',
      'v is inside g, whose items run at the same time: which one writes last would be up to chance. Give the value by an End and read it from steps.g.output.',
    ],
    [
      'a form that is no schema',
      draw(
        {
          s: 'start',
          a: {
            type: 'humanTask',
            config: { title: 'x', outcomes: [{ key: 'ok', label: 'OK', tone: 'primary' }], formSchema: { type: 'objekt' } },
          },
        },
        ['s -> a'],
      ),
      'schema.invalid',
      'a: A type is null, boolean, object, array, number, integer or string, or a list of these.',
    ],
    [
      'a form that refers elsewhere',
      draw(
        {
          s: 'start',
          a: {
            type: 'humanTask',
            config: {
              title: 'x',
              outcomes: [{ key: 'ok', label: 'OK', tone: 'primary' }],
              formSchema: { $ref: 'http://169.254.169.254/' },
            },
          },
        },
        ['s -> a'],
      ),
      'schema.invalid',
      'a: A reference may only point into this schema: "#/$defs/…".',
    ],
    [
      'a pure cycle',
      draw({ s: 'start', a: 'transform', b: 'transform' }, ['s -> a', 'a -> b', 'b -> a']),
      'soundness.unbounded-loop',
      'a and b would repeat for ever within one turn. Put a timer, an event, a human task or an activity into the cycle.',
    ],
  ])('finds %s', (_, document, code, detail) => {
    expect(check(document)).toEqual([expect.objectContaining({ code, detail })]);
  });

  it('lets a loop’s condition read its own last pass, and an inner step what came before the container', () => {
    const document = draw(
      {
        s: 'start',
        a: 'http',
        l: { type: 'loop', config: { mode: 'until', condition: 'steps.l.output.done' } },
        i: transform('steps.a.output & index', 'l'),
        e: { type: 'end', parent: 'l' },
      },
      ['s -> a', 'a -> l', 'l.body -> i', 'i -> e'],
    );
    expect(check(document)).toEqual([]);
  });

  it('keeps quiet about overdue inside a scope, which may catch it', () => {
    const task = {
      type: 'humanTask',
      parent: 'g',
      config: { title: 'x', deadline: '2d', outcomes: [{ key: 'ok', label: 'OK', tone: 'primary' }] },
    };
    expect(check(draw({ s: 'start', g: 'scope', a: task, c: 'end' }, ['s -> g', 'g.body -> a', 'g.error -> c']))).toEqual([]);
  });

  it('puts errors first and leaves soundness out of a broken structure', () => {
    const problems = check(
      draw({ s: 'start', a: 'transform', b: 'transform', t: { type: 'event', config: { name: 'x', timeout: '1h' } } }, [
        's -> a',
        'a -> b',
        'b -> a',
        's -> ghost',
      ]),
    );
    expect(problems.map(({ code }) => code)).toEqual(['edge.missing-node', 'port.not-connected']);
  });

  it('validates 5,000 nodes that read each other, before the test is given up', () => {
    const nodes: Parameters<typeof draw>[0] = { n0: 'start' };
    const edges: string[] = [];
    for (let i = 1; i < 5000; i++) {
      nodes[`n${i}`] = i % 2 ? transform(i > 2 ? `steps.n${i - 2}.output + steps.n1.output` : 'input') : 'timer';
      edges.push(`n${i - 1} -> n${i}`);
    }
    const document = draw(nodes, edges);
    expect(check(document)).toEqual([]);
  });
});
