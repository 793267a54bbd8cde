import { describe, expect, it } from 'vitest';
import { draw } from './document-fixture.ts';
import { nodeId } from './ids.ts';
import { uniqueNodeId } from './node-id.ts';
import { renameNodeId } from './rename-node.ts';
import { renameSteps } from './step-references.ts';

const rename = (source: string) => renameSteps(source, new Map([[nodeId('quote'), nodeId('offer')]]));

describe('renaming a node', () => {
  it.each([
    ['steps.quote.output', 'steps.offer.output'],
    ['$sum(steps.quote.output.lines.price) + steps . quote.output', '$sum(steps.offer.output.lines.price) + steps . offer.output'],
    ['steps.`quote`.output', 'steps.`offer`.output'],
    ['$.steps.quote.output & $$.steps.quote.output', '$.steps.offer.output & $$.steps.offer.output'],
    ['{ "steps.quote": steps.quote.output }', '{ "steps.quote": steps.offer.output }'],
    ['(steps.quote.output)[0]', '(steps.offer.output)[0]'],
  ])('follows %s', (before, after) => expect(rename(before)).toBe(after));

  it.each([
    'steps.quote2.output',
    'steps.quotes',
    'mysteps.quote',
    '$steps.quote',
    'order.steps.quote',
    'input.a . steps.quote',
    '"steps.quote"',
    "'it\\'s steps.quote'",
    '/* steps.quote */ 1',
    '`steps.quote`',
    'quote',
    'item.$steps.quote',
  ])('leaves %s alone', (source) => expect(rename(source)).toBe(source));

  it('follows into the sample data', () => {
    const document = { ...draw({ quote: 'http' }), sample: { input: 1, steps: { quote: { output: 1 }, other: { output: 2 } } } };
    const renamed = renameNodeId(document, nodeId('quote'), nodeId('offer'));
    expect(renamed.ok && renamed.document.sample).toEqual({ input: 1, steps: { offer: { output: 1 }, other: { output: 2 } } });
  });

  it('follows the keys of locked entities', () => {
    const locks = (key: string) => ({
      catches: [],
      locks: [
        { entity: 'account', key: 'bank' },
        { entity: 'account', key: { expr: key } },
      ],
    });
    const document = draw({ s: 'start', quote: 'http', g: { type: 'scope', config: locks('steps.quote.output.from') } }, ['s -> quote']);
    const renamed = renameNodeId(document, nodeId('quote'), nodeId('offer'));
    expect(renamed.ok && renamed.document.nodes.at(-1)?.config).toEqual(locks('steps.offer.output.from'));
  });

  it('brings edges, inner nodes and expressions along', () => {
    const document = draw(
      {
        s: 'start',
        g: { type: 'forEach', config: { items: { expr: 'input.lines' }, mode: 'sequential' } },
        i: { type: 'timer', parent: 'g' },
        l: { type: 'loop', config: { mode: 'while', condition: 'steps.g.output' } },
      },
      ['s -> g', 'g.body -> i', 'g -> l'],
    );
    const renamed = renameNodeId(document, nodeId('g'), nodeId('lines'));
    expect(renamed.ok && renamed.document.nodes.map(({ id, parent, config }) => [id, parent, config.condition])).toEqual([
      ['s', null, undefined],
      ['lines', null, undefined],
      ['i', 'lines', undefined],
      ['l', null, 'steps.lines.output'],
    ]);
    expect(renamed.ok && renamed.document.edges.map(({ source, target }) => `${source} ${target}`)).toEqual([
      's lines',
      'lines i',
      'lines l',
    ]);
    expect(document.nodes[1]?.id).toBe('g');
  });

  it('refuses an id that is taken or no name', () => {
    const document = draw({ s: 'start', a: 'timer' });
    expect(renameNodeId(document, nodeId('a'), nodeId('s'))).toEqual({
      ok: false,
      reason: 'Another step has the id s. Choose a different one.',
    });
    for (const id of ['', '1a', 'a b', 'in', 'constructor', 'x'.repeat(65)])
      expect(renameNodeId(document, nodeId('a'), nodeId(id)).ok).toBe(false);
  });

  it('makes ids from titles', () => {
    const id = (title: string, ...taken: string[]) => uniqueNodeId(new Set(taken.map(nodeId)), title);
    expect([
      id('Credit check'),
      id('Credit check', 'credit_check'),
      id('Credit check', 'credit_check', 'credit_check_2'),
      id('Größe prüfen'),
      id('2 of 3'),
      id('  '),
      id('日本'),
      id('in'),
      id('constructor'),
    ]).toEqual([
      'credit_check',
      'credit_check_2',
      'credit_check_3',
      'gro_e_prufen',
      'step_2_of_3',
      'step',
      'step',
      'step_in',
      'step_constructor',
    ]);
  });
});
