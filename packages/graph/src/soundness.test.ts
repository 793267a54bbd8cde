import { describe, expect, it } from 'vitest';
import { draw } from './document-fixture.ts';
import type { WorkflowDocument } from './document.ts';
import { indexGraph } from './graph-index.ts';
import { checkSoundness } from './soundness.ts';

const check = (document: WorkflowDocument) => checkSoundness(indexGraph(document));
const codes = (document: WorkflowDocument) => check(document).map(({ code, severity }) => `${severity} ${code}`);
const choice = (title: string, yes = 'Clear', no = 'Refused') => ({
  type: 'condition',
  title,
  config: { cases: [{ key: 'yes', label: yes, when: 'input.a' }], otherwiseLabel: no },
});

/** The designer's mockup: three branches, of which one may leave. */
const orderApproval = () =>
  draw(
    {
      received: 'start',
      validate: 'transform',
      lines: 'forEach',
      credit: 'http',
      fraud: choice('Fraud score'),
      all: { type: 'join', title: 'Join' },
      approve: 'humanTask',
      refuse: 'http',
      line: { type: 'http', parent: 'lines' },
    },
    [
      'received -> validate',
      'validate -> lines',
      'validate -> credit',
      'validate -> fraud',
      'lines.body -> line',
      'lines -> all',
      'credit -> all',
      'fraud.yes -> all',
      'fraud.otherwise -> refuse',
      'all -> approve',
      'approve.rejected -> refuse',
    ],
  );

describe('soundness', () => {
  it('names the choice after which a join can wait forever, in the words of the mockup', () => {
    expect(check(orderApproval())).toEqual([
      {
        code: 'soundness.deadlock',
        severity: 'error',
        title: 'Join can wait forever',
        detail: 'When Fraud score ends in Refused, All of 3 never gets its third token.',
        node: 'all',
        path: ['received', 'validate', 'lines', 'credit', 'fraud', 'refuse', 'all'],
        witness: {
          taken: ['e0', 'e1', 'e5', 'e2', 'e6', 'e3', 'e8'],
          missing: ['e7'],
          choices: [{ node: 'fraud', port: 'otherwise' }],
        },
      },
    ]);
  });

  it('finds nothing in the same graph once the refusal raises', () => {
    const document = orderApproval();
    document.nodes.find(({ id }) => id === 'refuse')!.type = 'fail';
    expect(check(document)).toEqual([]);
  });

  it('says when an all join waits for branches that exclude each other', () => {
    const [problem] = check(
      draw({ s: 'start', c: choice('Check'), j: 'join', e: 'end' }, ['s -> c', 'c.yes -> j', 'c.otherwise -> j', 'j -> e']),
    );
    expect(problem).toMatchObject({ code: 'soundness.deadlock', severity: 'error', title: 'Join waits forever' });
    expect(problem?.detail).toMatch(/^All of 2 never gets its second token\. Its branches exclude each other/);
  });

  it('lets an any join take branches that exclude each other', () => {
    expect(
      check(
        draw({ s: 'start', c: choice('Check'), j: { type: 'join', config: { mode: 'any' } }, e: 'end' }, [
          's -> c',
          'c.yes -> j',
          'c.otherwise -> j',
          'j -> e',
        ]),
      ),
    ).toEqual([]);
  });

  it('warns when only a combination of choices starves a join', () => {
    const problems = check(
      draw({ s: 'start', a: choice('A'), b: choice('B'), c: 'timer', j: { type: 'join', config: { mode: 'count', count: 2 } } }, [
        's -> a',
        's -> b',
        's -> c',
        'a.yes -> j',
        'b.yes -> j',
        'c -> j',
      ]),
    );
    expect(problems).toMatchObject([{ code: 'soundness.deadlock', severity: 'warning', title: 'Join can wait forever' }]);
    expect(problems[0]?.detail).toBe('When A ends in Refused and B ends in Refused, 2 of 3 never gets its second token.');
  });

  it('names an error port that leaves the branch', () => {
    const problems = check(
      draw({ s: 'start', a: { type: 'http', title: 'Credit check' }, b: 'timer', j: 'join', h: 'timer' }, [
        's -> a',
        's -> b',
        'a -> j',
        'b -> j',
        'a.error -> h',
      ]),
    );
    expect(problems).toMatchObject([{ severity: 'error', detail: 'When Credit check fails, All of 2 never gets its second token.' }]);
  });

  it('takes an error port that comes back to the join', () => {
    expect(
      check(
        draw({ s: 'start', a: 'http', b: 'timer', j: 'join', h: 'timer' }, [
          's -> a',
          's -> b',
          'a -> j',
          'b -> j',
          'a.error -> h',
          'h -> j',
        ]),
      ),
    ).toMatchObject([{ code: 'soundness.deadlock' }]);
    // Through a step both ways share, the join has one edge for the branch.
    expect(
      check(
        draw({ s: 'start', a: 'http', m: 'transform', b: 'timer', j: 'join', h: 'timer' }, [
          's -> a',
          's -> b',
          'a -> m',
          'a.error -> h',
          'h -> m',
          'm -> j',
          'b -> j',
        ]),
      ),
    ).toEqual([]);
  });

  it('finds a token left in a join that fired before', () => {
    const problems = check(
      draw({ s: 'start', a: 'timer', a2: 'timer', m: 'transform', b: 'timer', j: 'join', e: 'end' }, [
        's -> a',
        's -> a2',
        's -> b',
        'a -> m',
        'a2 -> m',
        'm -> j',
        'b -> j',
        'j -> e',
      ]),
    );
    expect(problems).toMatchObject([{ code: 'soundness.leftover', severity: 'error', title: 'Token left in a join', node: 'j' }]);
    expect(problems[0]?.detail).toContain('only 1 of 2 tokens for another pass');
  });

  it('finds a step behind a join that never fires', () => {
    // An edge is enough for an "all of 1".
    expect(check(draw({ s: 'start', j: 'join', e: 'end' }, ['s -> j', 'j -> e']))).toEqual([]);
    const dead = draw(
      { s: 'start', f: 'fail', j: { type: 'join', config: { mode: 'count', count: 2 } }, c: choice('C'), x: 'timer', e: 'end' },
      ['s -> c', 'c.yes -> x', 'c.otherwise -> f', 'x -> j', 'j -> e'],
    );
    expect(codes(dead)).toEqual(['error soundness.deadlock']);
  });

  it('finds a cycle in which nothing waits', () => {
    const document = draw({ s: 'start', a: 'transform', c: choice('Again') }, ['s -> a', 'a -> c', 'c.yes -> a']);
    expect(check(document)).toMatchObject([
      { code: 'soundness.unbounded-loop', severity: 'error', title: 'Cycle without a wait', path: ['a', 'c'] },
    ]);
    expect(check(draw({ s: 'start', a: 'http', c: choice('Again') }, ['s -> a', 'a -> c', 'c.yes -> a']))).toEqual([]);
    expect(
      codes(draw({ s: 'start', a: { type: 'http', disabled: true }, c: choice('Again') }, ['s -> a', 'a -> c', 'c.yes -> a'])),
    ).toEqual(['error soundness.unbounded-loop']);
  });

  it('sees through a scope whether a cycle waits', () => {
    const around = (inner: string) =>
      draw({ s: 'start', g: 'scope', c: choice('Again'), i: { type: inner, parent: 'g' } }, [
        's -> g',
        'g -> c',
        'c.yes -> g',
        'g.body -> i',
      ]);
    expect(codes(around('timer'))).toEqual([]);
    expect(codes(around('transform'))).toEqual(['error soundness.unbounded-loop']);
  });

  it('finds a loop without a wait or a limit', () => {
    const loop = (maxPasses: number | null, inner: string) =>
      codes(
        draw(
          { s: 'start', l: { type: 'loop', config: { mode: 'while', condition: 'input.a', maxPasses } }, i: { type: inner, parent: 'l' } },
          ['s -> l', 'l.body -> i'],
        ),
      );
    expect(loop(null, 'transform')).toEqual(['error soundness.unbounded-loop']);
    expect(loop(100, 'transform')).toEqual([]);
    expect(loop(null, 'timer')).toEqual([]);
  });

  it('finds paths that multiply without end', () => {
    expect(codes(draw({ s: 'start', a: 'timer', b: 'timer', c: 'timer' }, ['s -> a', 'a -> b', 'a -> c', 'b -> a', 'c -> a']))).toContain(
      'error soundness.unbounded-tokens',
    );
  });

  it('allows a cycle that starts a path each round and a cycle without an end', () => {
    expect(
      check(draw({ s: 'start', t: 'timer', t2: 'timer', w: 'http', j: 'join' }, ['s -> t', 't -> t2', 't2 -> t', 't2 -> w', 's -> j'])),
    ).toEqual([]);
    expect(
      check(
        draw({ s: 'start', t: 'timer', c: choice('C'), a: 'timer', b: 'timer', x: 'timer', j: 'join' }, [
          's -> t',
          't -> c',
          'c.yes -> a',
          'c.otherwise -> b',
          'a -> t',
          'b -> t',
          's -> x',
          'x -> j',
        ]),
      ),
    ).toEqual([]);
  });

  it('follows joins inside a cycle', () => {
    const rounds = { s: 'start', split: 'timer', a: 'http', b: 'http', j: 'join', again: choice('Again'), e: 'end' };
    expect(
      check(
        draw(rounds, [
          's -> split',
          'split -> a',
          'split -> b',
          'a -> j',
          'b -> j',
          'j -> again',
          'again.yes -> split',
          'again.otherwise -> e',
        ]),
      ),
    ).toEqual([]);
    const any = { ...rounds, j: { type: 'join', config: { mode: 'any' } } };
    expect(
      check(
        draw(any, [
          's -> split',
          'split -> a',
          'split -> b',
          'a -> j',
          'b -> j',
          'j -> again',
          'again.yes -> split',
          'again.otherwise -> e',
        ]),
      ),
    ).toEqual([]);
  });

  it('warns when a way back ends in a join', () => {
    const document = draw({ s: 'start', j: { type: 'join', config: { mode: 'any' } }, t: 'timer', c: choice('Again'), e: 'end' }, [
      's -> j',
      'j -> t',
      't -> c',
      'c.yes -> j',
      'c.otherwise -> e',
    ]);
    expect(codes(document)).toEqual(['warning soundness.swallowed-loop']);
  });

  it('explores both what cancelling the rest reaches and what it does not', () => {
    // B may leave by its error port before the join cancels it, or be cancelled: the second join can rely on neither.
    const document = draw(
      {
        s: 'start',
        a: 'http',
        b: choice('B'),
        first: { type: 'join', config: { mode: 'any', cancelRest: true } },
        side: 'timer',
        c: 'timer',
        second: 'join',
      },
      ['s -> a', 's -> b', 's -> c', 'a -> first', 'b.yes -> first', 'b.otherwise -> side', 'side -> second', 'c -> second'],
    );
    expect(check(document)).toMatchObject([{ code: 'soundness.deadlock', node: 'second' }]);
    expect(
      check(
        draw({ s: 'start', a: choice('A'), b: choice('B'), first: { type: 'join', config: { mode: 'any', cancelRest: true } }, x: 'end' }, [
          's -> a',
          's -> b',
          'a.yes -> first',
          'b.yes -> first',
          'a.otherwise -> x',
          'first -> x',
        ]),
      ),
    ).toEqual([]);
  });

  it('checks inside containers', () => {
    const document = draw(
      {
        s: 'start',
        g: 'forEach',
        c: { ...choice('Check'), parent: 'g' },
        t: { type: 'timer', parent: 'g' },
        j: { type: 'join', parent: 'g' },
      },
      ['s -> g', 'g.body -> c', 'g.body -> t', 'c.yes -> j', 't -> j'],
    );
    expect(check(document)).toMatchObject([{ node: 'j', detail: 'When Check ends in Refused, All of 2 never gets its second token.' }]);
  });

  it('says so when it cannot look at everything', () => {
    const nodes: Record<string, Parameters<typeof draw>[0][string]> = { s: 'start', j: 'join' };
    const edges: string[] = [];
    for (let i = 0; i < 40; i++) {
      nodes[`c${i}`] = choice(`C${i}`);
      edges.push(`s -> c${i}`, `c${i}.yes -> j`);
    }
    expect(codes(draw(nodes, edges))).toContain('notice soundness.not-checked');
  });

  it('checks 5,000 nodes in a row, and 1,000 branches of a join, before the test is given up', () => {
    const row: Record<string, string> = { n0: 'start' };
    const rowEdges: string[] = [];
    for (let i = 1; i < 4990; i++) {
      row[`n${i}`] = 'http';
      rowEdges.push(`n${i - 1} -> n${i}`);
    }
    Object.assign(row, { a: 'timer', b: 'timer', j: 'join' });
    rowEdges.push('n4989 -> a', 'n4989 -> b', 'a -> j', 'b -> j');
    const fan: Record<string, string> = { s: 'start', j: 'join' };
    const fanEdges: string[] = [];
    for (let i = 0; i < 1000; i++) {
      Object.assign(fan, { [`a${i}`]: 'http', [`h${i}`]: 'transform', [`m${i}`]: 'transform' });
      fanEdges.push(`s -> a${i}`, `a${i} -> m${i}`, `a${i}.error -> h${i}`, `h${i} -> m${i}`, `m${i} -> j`);
    }
    const documents = [draw(row, rowEdges), draw(fan, fanEdges)];
    expect(documents.map((document) => codes(document))).toEqual([[], []]);
  });
});
