import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDocument } from './any-document-fixture.ts';
import { draw, pathAnalyser } from './document-fixture.ts';
import type { WorkflowDocument } from './document.ts';
import { indexGraph } from './graph-index.ts';
import { nodeId } from './ids.ts';
import { parseDocument } from './parse-document.ts';
import type { Problem } from './problem.ts';
import { fixFor } from './problem-fix.ts';
import { validate } from './validate.ts';

const choice = {
  type: 'condition',
  title: 'Fraud score',
  config: { cases: [{ key: 'yes', label: 'Clear', when: 'input.a' }], otherwiseLabel: 'Refused' },
};

/** Fixes the first problem of a code; gives the button's words and what is left. */
function mend(document: WorkflowDocument, code: string): { label: string; document: WorkflowDocument; left: string[] } {
  const problem = validate(document, pathAnalyser).find((one) => one.code === code);
  const fix = problem && fixFor(problem, indexGraph(document));
  if (!problem || !fix)
    throw new Error(
      `No ${problem ? 'fix of' : 'problem'} ${code}: ${validate(document, pathAnalyser)
        .map((one) => one.code)
        .join(', ')}`,
    );
  const mended = fix.apply(document);
  expect(parseDocument(mended)).toMatchObject({ ok: true });
  return { label: fix.label, document: mended, left: validate(mended, pathAnalyser).map((one) => one.code) };
}

describe('fixes', () => {
  it('lowers a join that never gets its last token', () => {
    const { label, left } = mend(
      draw({ s: 'start', a: 'timer', b: 'timer', f: choice, r: 'timer', j: 'join', e: 'end' }, [
        's -> a',
        's -> b',
        's -> f',
        'a -> j',
        'b -> j',
        'f.yes -> j',
        'f.otherwise -> r',
        'j -> e',
      ]),
      'soundness.deadlock',
    );
    expect([label, left]).toEqual(['Wait for 2 of 3', []]);
  });

  it('lets a join of branches that exclude each other take the first', () => {
    const { label, left } = mend(
      draw({ s: 'start', f: choice, j: 'join', e: 'end' }, ['s -> f', 'f.yes -> j', 'f.otherwise -> j', 'j -> e']),
      'soundness.deadlock',
    );
    expect([label, left]).toEqual(['Wait for the first branch', []]);
  });

  it('connects a loose step to the only exit that is free, and offers nothing when there are two', () => {
    const { label, left } = mend(draw({ s: 'start', a: 'timer', b: 'timer' }, ['s -> a']), 'node.unreachable');
    expect([label, left]).toEqual(['Connect it to a', []]);
    const open = draw({ s: 'start', f: choice, b: 'timer', c: 'end' }, ['s -> f', 'b -> c']);
    const [problem] = validate(open, pathAnalyser);
    expect(fixFor(problem!, indexGraph(open))).toBeNull();
  });

  it('adds an end after a port that leads nowhere, beside what stands there', () => {
    const { label, document, left } = mend(
      draw({ s: 'start', t: 'humanTask', a: 'end' }, ['s -> t', 't.approved -> a']),
      'port.not-connected',
    );
    expect([label, left.filter((code) => code === 'port.not-connected').length]).toEqual(['Add an end', left.length]);
    expect(document.nodes).toHaveLength(4);
  });

  it('uses the name that was meant, and leaves texts and fields alone', () => {
    const { label, document } = mend(
      draw(
        {
          s: 'start',
          quote: 'timer',
          e: {
            type: 'end',
            config: { value: { expr: '{ "steps.qoute": steps.qoute.output, "c": steps.qoute2 }' } },
          },
        },
        ['s -> quote', 'quote -> e'],
      ),
      'expression.unknown-step',
    );
    expect(label).toBe('Use steps.quote');
    expect(document.nodes[2]!.config.value).toEqual({
      expr: '{ "steps.qoute": steps.quote.output, "c": steps.qoute2 }',
    });
  });

  it('runs a for each one after another when variables are set in it', () => {
    const { label, left } = mend(
      draw({ s: 'start', each: { type: 'forEach', title: 'Each line' }, v: { type: 'setVariables', parent: 'each' } }, [
        's -> each',
        'each.body -> v',
      ]),
      'variables.parallel',
    );
    expect([label, left]).toEqual(['Run Each line one after another', []]);
  });

  it('adds a start before the only step that can be first', () => {
    const { label, left } = mend(draw({ a: 'timer', b: 'end' }, ['a -> b']), 'start.missing');
    expect([label, left]).toEqual(['Add a start before a', []]);
  });

  it('gives a loop a limit, and removes fields, policies and edges that do not belong', () => {
    const loop = draw(
      {
        s: 'start',
        l: { type: 'loop', config: { mode: 'while', condition: 'input.a', maxPasses: null } },
        t: { type: 'transform', parent: 'l' },
      },
      ['s -> l', 'l.body -> t'],
    );
    expect(mend(loop, 'soundness.unbounded-loop').left).not.toContain('soundness.unbounded-loop');
    const odd = draw({ s: 'start', t: { type: 'end', config: { value: 1, 'a.b': 2 }, timeout: '1m' } }, ['s -> t', 't -> t', 's -> t']);
    for (const code of ['config.unknown-field', 'timeout.not-allowed', 'edge.no-output', 'edge.duplicate'])
      expect(mend(odd, code).left).not.toContain(code);
  });

  it('takes the problem away and leaves a document, whatever the document', () => {
    const keyOf = (problem: Problem): string =>
      [problem.code, problem.node, problem.edge, problem.port, problem.field, problem.suggestion?.written].join('|');
    let fixed = 0;
    fc.assert(
      fc.property(anyDocument, (value) => {
        const parsed = parseDocument(JSON.parse(JSON.stringify(value)));
        if (!parsed.ok) return;
        const { document } = parsed;
        const index = indexGraph(document);
        for (const problem of validate(document, pathAnalyser)) {
          const fix = fixFor(problem, index);
          if (!fix) continue;
          const after = fix.apply(document);
          expect(parseDocument(JSON.parse(JSON.stringify(after)))).toMatchObject({ ok: true });
          // A join that waits for fewer may be found to starve in another way; everything else is gone for good.
          if (problem.code === 'soundness.deadlock') continue;
          expect(validate(after, pathAnalyser).map(keyOf)).not.toContain(keyOf(problem));
          expect(fix.apply({ ...document, nodes: [], edges: [] }).edges).toEqual([]);
          fixed++;
        }
      }),
      { numRuns: 400 },
    );
    expect(fixed).toBeGreaterThan(100);
  });

  it('leaves a later document alone when what it speaks of is gone', () => {
    const document = draw({ s: 'start', e: { type: 'end', config: { extra: 1 } } }, ['s -> e']);
    const problem = validate(document, pathAnalyser).find(({ code }) => code === 'config.unknown-field')!;
    const later = { ...document, nodes: document.nodes.filter(({ id }) => id !== nodeId('e')) };
    expect(fixFor(problem, indexGraph(document))!.apply(later)).toBe(later);
  });
});
