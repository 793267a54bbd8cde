import { expect, test } from 'vitest';
import type { GraphNode } from './document.ts';
import { holdBack } from './hold-back.ts';
import { nodeId, portId } from './ids.ts';
import type { JsonObject } from './json.ts';

const task = (formSchema: JsonObject, pinned?: GraphNode['pinned']): GraphNode => ({
  id: nodeId('ask'),
  type: 'humanTask',
  title: 'Ask',
  parent: null,
  position: { x: 0, y: 0 },
  config: { title: 'Ask', formSchema },
  ...(pinned && { pinned }),
});

test('defaults and examples of marked properties stay behind, wherever the schema has them; the marks travel', () => {
  const { node, held } = holdBack(
    task({
      type: 'object',
      properties: {
        name: { type: 'string', default: 'Aiko' },
        pin: { type: 'string', 'x-sensitive': true, default: '4711', examples: ['0815'] },
        card: { type: 'object', properties: { number: { type: 'string', 'x-sensitive': true, default: '4000' } } },
        notes: { type: 'array', items: { properties: { text: { 'x-sensitive': true, default: 'x' } } } },
      },
    }),
  );
  expect(held).toEqual(['pin', 'number', 'text']);
  expect(node.config['formSchema']).toEqual({
    type: 'object',
    properties: {
      name: { type: 'string', default: 'Aiko' },
      pin: { type: 'string', 'x-sensitive': true },
      card: { type: 'object', properties: { number: { type: 'string', 'x-sensitive': true } } },
      notes: { type: 'array', items: { properties: { text: { 'x-sensitive': true } } } },
    },
  });
});

test('so do their values in what is pinned', () => {
  const form = { properties: { pin: { 'x-sensitive': true }, name: {}, card: { properties: { number: { 'x-sensitive': true } } } } };
  const data = { pin: '4711', name: 'Aiko', card: { number: '4000', valid: '12/29' } };
  const { node, held } = holdBack(task(form, { port: portId('approved'), output: { outcome: 'approved', data } }));
  expect(held).toEqual(['pin', 'number']);
  expect(node.pinned?.output).toEqual({ outcome: 'approved', data: { name: 'Aiko', card: { valid: '12/29' } } });
});

test('a node that marks nothing is the very node', () => {
  const plain = task({ properties: { name: { default: 'Aiko' } } }, { output: { data: { name: 'Nils' } } });
  expect(holdBack(plain)).toEqual({ node: plain, held: [] });
  expect(holdBack(plain).node).toBe(plain);
});
