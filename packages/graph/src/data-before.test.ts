import { expect, test } from 'vitest';
import { dataBefore } from './data-before.ts';
import { draw } from './document-fixture.ts';
import { indexGraph } from './graph-index.ts';
import { nodeId } from './ids.ts';

const seen = (document: ReturnType<typeof draw>, reader: string) => dataBefore(indexGraph(document), nodeId(reader));
const words = ({ steps }: ReturnType<typeof seen>) => steps.map(({ id, mayBeMissing }) => (mayBeMissing ? `${id}?` : id)).toSorted();

test('what leads there has an output; what is beside or after it has none', () => {
  const document = draw({ start: 'start', a: 'http', b: 'http', c: 'http', side: 'http' }, [
    'start -> a',
    'a -> b',
    'b -> c',
    'start -> side',
  ]);
  expect(words(seen(document, 'b'))).toEqual(['a']);
  expect(words(seen(document, 'c'))).toEqual(['a', 'b']);
});

test('a step of one branch may be missing where branches meet; behind a join of all it is there', () => {
  const nodes = { start: 'start', a: 'http', b: 'http', end: 'transform' };
  expect(words(seen(draw(nodes, ['start -> a', 'start -> b', 'a -> end', 'b -> end']), 'end'))).toEqual(['a?', 'b?']);
  const joined = draw({ ...nodes, join: 'join' }, ['start -> a', 'start -> b', 'a -> join', 'b -> join', 'join -> end']);
  expect(words(seen(joined, 'end'))).toEqual(['a', 'b']);
});

test('behind its error port a step has no output, and the error is there with its codes', () => {
  const document = draw({ start: 'start', a: 'http', caught: 'transform' }, ['start -> a', 'a.error -> caught']);
  const data = seen(document, 'caught');
  expect(words(data)).toEqual(['a?']);
  expect(data.errorCodes).toContain('Timeout');
  expect(seen(document, 'a').errorCodes).toBeNull();
});

test('a disabled step may be missing', () => {
  const document = draw({ start: 'start', a: { type: 'http', disabled: true }, b: 'http' }, ['start -> a', 'a -> b']);
  expect(words(seen(document, 'b'))).toEqual(['a?']);
});

test('inside a container the steps before it are seen, item and index too; what is inside stays inside', () => {
  const document = draw(
    {
      start: 'start',
      a: 'http',
      each: 'forEach',
      inner: { type: 'http', parent: 'each' },
      next: { type: 'http', parent: 'each' },
      b: 'http',
    },
    ['start -> a', 'a -> each', 'each.body -> inner', 'inner -> next', 'each -> b'],
  );
  const inside = seen(document, 'next');
  expect(words(inside)).toEqual(['a', 'inner']);
  expect(inside).toMatchObject({ itemOf: 'each', hasIndex: true });
  expect(words(seen(document, 'b'))).toEqual(['a', 'each']);
  expect(seen(document, 'b')).toMatchObject({ itemOf: null, hasIndex: false });
});

test('a loop’s condition reads its own last pass and what is set inside', () => {
  const document = draw({ start: 'start', loop: 'loop', inner: { type: 'setVariables', parent: 'loop' } }, [
    'start -> loop',
    'loop.body -> inner',
  ]);
  expect(words(seen(document, 'loop'))).toEqual(['loop?']);
  expect(seen(document, 'loop').variables).toEqual([{ name: 'count', mayBeMissing: true }]);
});

test('variables: set for certain, set perhaps, set only later', () => {
  const set = (name: string) => ({ type: 'setVariables', config: { variables: { [name]: 1 } } });
  const document = draw({ start: 'start', one: set('one'), two: set('two'), read: 'transform', later: set('later') }, [
    'start -> one',
    'one -> two',
    'one -> read',
    'two -> read',
    'read -> later',
  ]);
  expect(seen(document, 'read').variables).toEqual(
    expect.arrayContaining([
      { name: 'one', mayBeMissing: false },
      { name: 'two', mayBeMissing: true },
    ]),
  );
  expect(seen(document, 'read').variables.map(({ name }) => name)).not.toContain('later');
});
