import { describe, expect, it } from 'vitest';
import { canConnect } from './connect-rules.ts';
import { draw } from './document-fixture.ts';
import { nodeId, portId } from './ids.ts';

const document = draw(
  {
    s: 'start',
    a: 'http',
    b: 'timer',
    g: { type: 'forEach', title: 'Lines' },
    i: { type: 'http', parent: 'g' },
    k: { type: 'timer', parent: 'g' },
    e: 'end',
    j: 'join',
  },
  ['s -> a', 'a -> b', 'g.body -> i'],
);
const ask = (text: string) => {
  const [from, target] = text.split(' -> ') as [string, string];
  const [source, port = 'out'] = from.split('.') as [string, string?];
  const answer = canConnect(document, { source: nodeId(source), sourcePort: portId(port), target: nodeId(target) });
  return answer.ok ? 'ok' : answer.reason;
};

describe('connect rules', () => {
  it.each(['s -> b', 'a.error -> b', 'b -> a', 'b -> g', 'g -> j', 'g.error -> e', 'i -> k', 'k -> i', 'g.body -> k', 'a -> j'])(
    'allows %s',
    (text) => expect(ask(text)).toBe('ok'),
  );

  it.each([
    ['a -> b', 'a already leads to b from this port.'],
    ['a -> s', 's starts the workflow, so nothing leads into it.'],
    ['e -> b', 'e ends its path, so nothing leads out of it.'],
    ['a.nope -> b', 'a has no port "nope".'],
    ['a -> ghost', 'There is no node with the id "ghost".'],
    ['ghost -> a', 'There is no node with the id "ghost".'],
    ['a -> i', 'i is inside a container. Enter it by the container’s own input.'],
    ['i -> b', 'b is not inside Lines. Leave the container by its own port.'],
    ['g.body -> b', 'The body of Lines leads only to nodes inside it.'],
    ['g -> i', 'i is inside a container. Enter it by the container’s own input.'],
    ['a -> a', 'a cannot lead straight back to itself. Use a loop, or put a step between.'],
  ])('refuses %s', (text, reason) => expect(ask(text)).toBe(reason));
});
