import { edgeId, newDocument, nodeId, portId, type Problem } from '@perdure/graph';
import { expect, test } from 'vitest';
import { problemMarks } from './problem-marks.ts';

const problem = (more: Partial<Problem>): Problem => ({ code: 'x', severity: 'error', title: 'X', detail: 'X.', ...more });
const ids = ['a', 'b', 'c'].map(nodeId);
const document = {
  ...newDocument(),
  nodes: ids.map((id) => ({ ...newDocument().nodes[0]!, id })),
  edges: [
    { id: edgeId('ab'), source: ids[0]!, sourcePort: portId('out'), target: ids[1]! },
    { id: edgeId('bc'), source: ids[1]!, sourcePort: portId('out'), target: ids[2]! },
  ],
};

test('a witness is drawn: the way, what decides it, and what never comes', () => {
  const marks = problemMarks(
    problem({
      node: ids[2]!,
      path: ids,
      witness: { taken: [edgeId('ab')], missing: [edgeId('bc')], choices: [{ node: ids[1]!, port: portId('out') }] },
    }),
    document,
  );
  expect(marks).toEqual({
    dim: true,
    nodes: new Map([
      [ids[0], 'path'],
      [ids[1], 'cause'],
      [ids[2], 'focus'],
    ]),
    edges: new Map([
      [edgeId('ab'), 'taken'],
      [edgeId('bc'), 'missing'],
    ]),
  });
});

test('a cycle is drawn by the edges within it, a broken edge by itself, and nothing by nothing', () => {
  expect(problemMarks(problem({ node: ids[0]!, path: [ids[0]!, ids[1]!] }), document)?.edges).toEqual(new Map([[edgeId('ab'), 'taken']]));
  expect(problemMarks(problem({ edge: edgeId('bc') }), document)).toEqual({
    dim: false,
    nodes: new Map(),
    edges: new Map([[edgeId('bc'), 'missing']]),
  });
  expect(problemMarks(problem({}), document)).toBeNull();
});
