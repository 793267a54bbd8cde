import { nodeId, nodeSize, parseDocument, standardCatalogue, type NodeType, type WorkflowDocument } from '@perdure/graph';
import { describe, expect, test } from 'vitest';
import { drawDocument, wiresOf } from './draw-document.ts';
import { groupNodes, ungroupNodes } from './group-nodes.ts';

const scope = standardCatalogue.get('scope') as NodeType; // one of ours
const group = (document: WorkflowDocument, ...ids: string[]) => groupNodes(document, { nodes: new Set(ids.map(nodeId)) }, scope);
const reasonOf = (answer: ReturnType<typeof group>): string => (answer.ok ? 'grouped' : answer.reason);
const documentOf = (answer: ReturnType<typeof group>): WorkflowDocument => {
  if (!answer.ok) throw new Error(answer.reason);
  expect(parseDocument(answer.document).ok).toBe(true);
  return answer.document;
};

const chain = drawDocument({ s: 'start', a: 'http', b: 'http', c: 'http', e: 'end' }, ['s -> a', 'a -> b', 'b -> c', 'c -> e']);
const decision = drawDocument(
  {
    s: 'start',
    if: { type: 'condition', config: { cases: [{ key: 'yes', label: 'Yes', when: 'input.a' }] } },
    a: 'http',
    b: 'http',
    c: 'http',
    e: 'end',
  },
  ['s -> if', 'if.yes -> a', 'if.otherwise -> b', 'a -> c', 'b -> c', 'c -> e'],
);
const parallel = drawDocument({ s: 'start', a: 'http', b: 'http', c: 'http', j: 'join', d: 'http', e: 'end' }, [
  's -> a',
  'a -> b',
  'a -> c',
  'b -> j',
  'c -> j',
  'j -> d',
  'd -> e',
]);

describe('grouping', () => {
  test('a stretch of a chain: in by the body, on by the container', () => {
    const document = documentOf(group(chain, 'a', 'b'));
    expect(wiresOf(document)).toEqual(['a -> b', 'c -> e', 's -> scope', 'scope -> c', 'scope.body -> a']);
    const container = document.nodes.find(({ id }) => id === 'scope');
    const inner = document.nodes.find(({ id }) => id === 'a');
    expect(inner).toMatchObject({ parent: 'scope', position: { x: 20, y: 56 } });
    expect(container && nodeSize(container).height).toBeGreaterThan(56 + 100 + 52);
    // What came after keeps its distance.
    const after = document.nodes.find(({ id }) => id === 'c');
    expect(container && after && after.position.y).toBeGreaterThan((container?.position.y ?? 0) + nodeSize(container ?? inner!).height);
  });

  test('paths that choose and meet again', () => {
    expect(wiresOf(documentOf(group(decision, 'if', 'a', 'b')))).toEqual([
      'c -> e',
      'if.otherwise -> b',
      'if.yes -> a',
      's -> scope',
      'scope -> c',
      'scope.body -> if',
    ]);
  });

  test('paths side by side, together with their join', () => {
    const document = documentOf(group(parallel, 'b', 'c', 'j'));
    expect(wiresOf(document)).toEqual([
      'a -> scope',
      'b -> j',
      'c -> j',
      'd -> e',
      's -> a',
      'scope -> d',
      'scope.body -> b',
      'scope.body -> c',
    ]);
  });

  test.each([
    ['a start', chain, ['s', 'a'], '“s” begins the workflow. Group what comes after it.'],
    ['an end', chain, ['c', 'e'], '“e” would end only the group, not its path. Leave it outside.'],
    ['two ways on', decision, ['if'], 'Paths lead on to “a” and to “b”, but a container has one way out.'],
    ['two ways in', decision, ['a', 'b'], 'Paths lead to “a” and to “b”, but a container has one way in.'],
    ['paths side by side without their join', parallel, ['a'], 'Paths lead on to “b” and to “c”, but a container has one way out.'],
    ['paths into a join that stays outside', parallel, ['a', 'b', 'c'], '“All of 2” counts the paths that lead to it. Select it, too.'],
    [
      'a join whose paths part outside',
      parallel,
      ['j', 'd'],
      '“All of 2” brings together paths that begin outside. Select where they part, too.',
    ],
    ['nothing', chain, [], 'Select the nodes to group.'],
  ])('refused: %s', (_what, document, ids, reason) => {
    expect(reasonOf(group(document, ...ids))).toBe(reason);
  });

  test('refused: paths side by side that go on without a join', () => {
    const loose = drawDocument({ s: 'start', a: 'http', b: 'http', c: 'http', d: 'http' }, [
      's -> a',
      'a -> b',
      'a -> c',
      'b -> d',
      'c -> d',
    ]);
    expect(reasonOf(group(loose, 'a', 'b', 'c'))).toContain('Paths that run side by side lead on to “d”.');
  });

  test('refused: a path that ends inside while another goes on', () => {
    const open = { ...decision, edges: decision.edges.filter(({ source }) => source !== 'b') };
    expect(reasonOf(group(open, 'if', 'a', 'b'))).toBe('A path ends at “b”. In a group it would go on to “c”.');
  });

  test('refused: an error that is led out', () => {
    const caught = drawDocument({ s: 'start', a: 'http', b: 'http', f: 'http' }, ['s -> a', 'a -> b', 'a.error -> f']);
    expect(reasonOf(group(caught, 'a'))).toBe('“a” leads its error to “f”. Select that, too, or remove the edge.');
    expect(documentOf(group(caught, 'a', 'b', 'f')).nodes.filter(({ parent }) => parent === 'scope')).toHaveLength(3);
  });

  test('refused: nodes of different containers', () => {
    const nested = drawDocument({ s: 'start', g: 'scope', a: { type: 'http', in: 'g' }, b: 'http' }, ['s -> g', 'g.body -> a', 'g -> b']);
    expect(reasonOf(group(nested, 'a', 'b'))).toBe('Select nodes of one container.');
    expect(wiresOf(documentOf(group(nested, 'a')))).toEqual(['g -> b', 'g.body -> scope', 's -> g', 'scope.body -> a']);
  });
});

describe('ungrouping', () => {
  test.each([
    ['a chain', chain, ['a', 'b']],
    ['a decision', decision, ['if', 'a', 'b']],
    ['parallel paths', parallel, ['b', 'c', 'j']],
  ])('undoes grouping: %s', (_what, document, ids) => {
    const grouped = documentOf(group(document, ...ids));
    expect(wiresOf(documentOf(ungroupNodes(grouped, nodeId('scope'))))).toEqual(wiresOf(document));
  });

  test('what was inside stands where it stood', () => {
    const nested = drawDocument({ g: { type: 'scope', at: [100, 200] }, a: { type: 'http', in: 'g', at: [20, 60] } }, ['g.body -> a']);
    expect(documentOf(ungroupNodes(nested, nodeId('g'))).nodes).toMatchObject([{ id: 'a', parent: null, position: { x: 120, y: 260 } }]);
  });

  test('an empty container leaves a path without it', () => {
    const empty = drawDocument({ s: 'start', g: 'scope', e: 'end' }, ['s -> g', 'g -> e']);
    expect(wiresOf(documentOf(ungroupNodes(empty, nodeId('g'))))).toEqual(['s -> e']);
  });

  test.each([
    [
      'an end inside',
      drawDocument({ s: 'start', g: 'scope', e: { type: 'end', in: 'g' } }, ['s -> g', 'g.body -> e']),
      '“e” ends only “g”. Outside it would end the whole path.',
    ],
    [
      'a caught error',
      drawDocument({ s: 'start', g: 'scope', a: { type: 'http', in: 'g' }, f: 'http' }, ['s -> g', 'g.body -> a', 'g.error -> f']),
      '“g” leads its error to “f”. Remove that edge first.',
    ],
    [
      'paths side by side to the end',
      drawDocument({ s: 'start', g: 'scope', a: { type: 'http', in: 'g' }, b: { type: 'http', in: 'g' }, c: 'http' }, [
        's -> g',
        'g.body -> a',
        'g.body -> b',
        'g -> c',
      ]),
      'Paths run side by side in “g” to its end. Bring them together with a join first.',
    ],
  ])('refused: %s', (_what, document, reason) => {
    expect(reasonOf(ungroupNodes(document, nodeId('g')))).toBe(reason);
  });
});
