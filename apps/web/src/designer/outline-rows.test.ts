import { nodeId } from '@perdure/graph';
import { expect, test } from 'vitest';
import { drawDocument } from './draw-document.ts';
import { outlineRows } from './outline-rows.ts';

const inWords = (...given: Parameters<typeof outlineRows>): string[] =>
  outlineRows(...given).map(({ node, level, reached }) => `${'  '.repeat(level - 1)}${node.id}${reached === '' ? '' : ` (${reached})`}`);
const none = new Set<never>();

test('branches follow each other by port, what they meet in comes after both', () => {
  const document = drawDocument(
    {
      end: 'end',
      b: { type: 'http', at: [0, 200] },
      start: 'start',
      ask: { type: 'condition', config: { cases: [{ key: 'yes', label: 'Yes', when: 'a' }], otherwiseLabel: 'No' } },
      a: { type: 'http', at: [500, 200] },
      a2: { type: 'http', at: [500, 300] },
    },
    ['start -> ask', 'ask.yes -> a', 'a -> a2', 'ask.otherwise -> b', 'a2 -> end', 'b -> end'],
  );
  expect(inWords(document, none)).toEqual(['start', 'ask', 'a (Yes)', 'a2', 'b (No of ask)', 'end (after a2, b)']);
});

test('what is in a container stands below it; a closed one hides it', () => {
  const document = drawDocument(
    {
      start: 'start',
      each: 'forEach',
      last: { type: 'http', in: 'each', at: [0, 10] },
      first: { type: 'http', in: 'each', at: [0, 90] },
      done: 'end',
      lost: 'timer',
    },
    ['start -> each', 'each.body -> first', 'first -> last', 'each.error -> done', 'each -> done'],
  );
  expect(inWords(document, none)).toEqual(['start', 'each', '  first', '  last', 'done (after each: Error, each)', 'lost (Not connected)']);
  expect(inWords(document, new Set([nodeId('each')]))).toHaveLength(4);
  expect(outlineRows(document, none).map(({ place, siblings }) => `${place}/${siblings}`)).toEqual([
    '1/4',
    '2/4',
    '1/2',
    '2/2',
    '3/4',
    '4/4',
  ]);
});

test('circles end, and every node is listed once', () => {
  const document = drawDocument({ start: 'start', a: 'http', b: 'http', x: 'http', y: 'http' }, [
    'start -> a',
    'a -> b',
    'b -> a',
    'x -> y',
    'y -> x',
  ]);
  expect(inWords(document, none)).toEqual(['start', 'a (after start, b)', 'b', 'x (after y)', 'y']);
});

test('a chain as long as a document may be', () => {
  const ids = Array.from({ length: 5000 }, (_, i) => `n${i}`);
  const document = drawDocument(
    Object.fromEntries(ids.map((id, i) => [id, i === 0 ? 'start' : 'transform'])),
    ids.slice(1).map((id, i) => `n${i} -> ${id}`),
  );
  expect(outlineRows(document, none).map(({ node }) => node.id)).toEqual(ids);
});
