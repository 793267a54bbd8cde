import { describe, expect, test } from 'vitest';
import { draw } from './document-fixture.ts';
import { edgeId, nodeId, portId } from './ids.ts';
import { answerMigration, type RunningFrame } from './migration.ts';

const at = (...nodes: string[]): RunningFrame => ({
  container: null,
  open: nodes.map((node) => ({ node: nodeId(node), ports: [] })),
  moving: [],
  joins: [],
});
const waiting = (frame: RunningFrame, join: string, ...edges: string[]): RunningFrame => ({
  ...frame,
  joins: [{ node: nodeId(join), fired: 0, arrived: edges.map((edge) => [edgeId(edge), 1] as const) }],
});
const codes = (...asked: Parameters<typeof answerMigration>) =>
  answerMigration(...asked).problems.map(({ code, severity }) => (severity === 'error' ? code : `${code} (warning)`));

const line = draw({ start: 'start', a: 'event', b: 'event', end: 'end' }, ['start -> a', 'a -> b', 'b -> end']);
const parallel = draw({ start: 'start', a: 'event', b: 'event', both: { type: 'join', config: { mode: 'all' } }, end: 'end' }, [
  'start -> a',
  'start -> b',
  'a -> both',
  'b -> both',
  'both -> end',
]);

describe('O10 where a run stands in another version', () => {
  test('O10 a step goes on at the node of its id', () => {
    const longer = draw({ start: 'start', a: 'event', b: 'event', c: 'event', end: 'end' }, ['start -> a', 'a -> b', 'b -> c', 'c -> end']);
    expect(answerMigration({ from: line, to: longer, frames: [at('b')], mapping: {} })).toMatchObject({
      problems: [],
      places: [{ node: 'b', type: 'event', open: 1, to: { node: 'b' } }],
      nodes: {},
    });
  });

  test('O10 or at the one it is mapped to, with the edges between', () => {
    const renamed = draw({ start: 'start', x: 'event', y: 'event', end: 'end' }, ['x -> y', 'start -> x', 'y -> end']);
    const question = { from: line, to: renamed, frames: [at('a')], mapping: {} };
    expect(answerMigration(question).problems).toMatchObject([{ code: 'migration.missing-node', node: 'a' }]);
    expect(answerMigration(question).places[0]?.choices).toMatchObject([{ node: 'x' }, { node: 'y' }]);
    const answer = answerMigration({ ...question, mapping: { a: 'x', b: 'y' } });
    expect(answer).toMatchObject({ problems: [], nodes: { a: 'x', b: 'y' }, edges: { e1: 'e0', e0: 'e1' } });
  });

  test('O11 not at another kind of node, two at one, in another container, or nowhere', () => {
    const other = draw({ start: 'start', a: 'timer', b: 'event', end: 'end' }, ['start -> a', 'a -> b', 'b -> end']);
    expect(codes({ from: line, to: other, frames: [at('a')], mapping: {} })).toEqual(['migration.other-type']);
    expect(codes({ from: parallel, to: parallel, frames: [at('a', 'b')], mapping: { a: 'b' } })).toEqual(['migration.two-to-one']);
    expect(codes({ from: line, to: line, frames: [at('a')], mapping: { a: 'zzz' } })).toContain('migration.missing-node');
    const inside = draw(
      { start: 'start', box: { type: 'scope', config: { catches: [] } }, a: { type: 'event', parent: 'box' }, end: 'end' },
      ['start -> box', 'box.body -> a', 'box -> end'],
    );
    expect(codes({ from: line, to: inside, frames: [at('a')], mapping: {} })).toEqual(['migration.other-container']);
  });

  test('O11 not where a task would have no way to an outcome it shows', () => {
    const task = (...keys: string[]) =>
      draw(
        {
          start: 'start',
          ask: { type: 'humanTask', config: { title: 'Ask', outcomes: keys.map((key) => ({ key, label: key, tone: 'neutral' })) } },
          end: 'end',
        },
        ['start -> ask', ...keys.map((key) => `ask.${key} -> end`)],
      );
    const frame = { ...at(), open: [{ node: nodeId('ask'), ports: [portId('yes'), portId('no')] }] };
    expect(codes({ from: task('yes', 'no'), to: task('yes', 'later'), frames: [frame], mapping: {} })).toEqual(['migration.lacks-port']);
    expect(codes({ from: task('yes', 'no'), to: task('no', 'yes', 'later'), frames: [frame], mapping: {} })).toEqual([]);
  });
});

describe('O10 soundness from where the tokens are', () => {
  test('a token that waits in a join keeps its place, and the other one comes', () => {
    expect(codes({ from: parallel, to: parallel, frames: [waiting(at('b'), 'both', 'e2')], mapping: {} })).toEqual([]);
  });

  test('a join that would wait for a third branch that never began is a deadlock', () => {
    const three = draw(
      { start: 'start', a: 'event', b: 'event', c: 'event', both: { type: 'join', config: { mode: 'all' } }, end: 'end' },
      ['start -> a', 'start -> b', 'start -> c', 'a -> both', 'b -> both', 'c -> both', 'both -> end'],
    );
    // From its start the new version is sound.
    expect(codes({ from: three, to: three, frames: [at('a', 'b', 'c')], mapping: {} })).toEqual([]);
    expect(codes({ from: parallel, to: three, frames: [waiting(at('b'), 'both', 'e2')], mapping: {} })).toEqual(['migration.deadlock']);
  });

  test('a step put in front of a join that has its token would run into it a second time: nothing waits for it', () => {
    const gone = draw({ start: 'start', a: 'event', b: 'event', end: 'end' }, ['start -> a', 'start -> b', 'a -> end', 'b -> end']);
    expect(codes({ from: parallel, to: gone, frames: [waiting(at('b'), 'both', 'e2')], mapping: {} })).toContain('migration.missing-node');
  });

  test('a token whose edge is gone has nowhere to wait', () => {
    const cut = draw({ start: 'start', a: 'event', b: 'event', x: 'event', both: { type: 'join', config: { mode: 'all' } }, end: 'end' }, [
      'start -> a',
      'start -> b',
      'a -> x',
      'x -> both',
      'b -> both',
      'both -> end',
    ]);
    expect(codes({ from: parallel, to: cut, frames: [waiting(at('b'), 'both', 'e2')], mapping: {} })).toEqual(['migration.lacks-edge']);
  });

  test('a disabled step that is waited for is told', () => {
    const off = draw({ start: 'start', a: 'event', b: { type: 'event', disabled: true }, end: 'end' }, [
      'start -> a',
      'a -> b',
      'b -> end',
    ]);
    expect(codes({ from: line, to: off, frames: [at('b')], mapping: {} })).toEqual(['migration.disabled (warning)']);
  });

  test('what a failed step would be entered by counts, too', () => {
    const frame = { ...waiting(at(), 'both', 'e2'), moving: [{ node: nodeId('both'), via: edgeId('e3') }] };
    expect(codes({ from: parallel, to: parallel, frames: [frame], mapping: {} })).toEqual([]);
  });
});
