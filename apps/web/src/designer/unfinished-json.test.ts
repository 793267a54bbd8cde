import { nodeId, type JsonObject, type WorkflowDocument } from '@perdure/graph';
import { expect, test } from 'vitest';
import { readJsonText, unfinishedKey, unfinishedProblems } from './unfinished-json.ts';

const http = nodeId('http');
const withHttp = (config: JsonObject): WorkflowDocument => ({
  formatVersion: 1,
  nodes: [{ id: http, type: 'http', title: 'Credit check', parent: null, position: { x: 0, y: 0 }, config }],
  edges: [],
});
const typed = new Map([[unfinishedKey(http, 'body'), '{ "amount": }']]);

test('text that is not JSON blocks publishing, and says where', () => {
  const found = unfinishedProblems(withHttp({ method: 'POST', url: 'https://credit.test' }), typed);
  expect(found).toMatchObject([
    { code: 'config.unfinished-json', severity: 'error', title: 'Body is not JSON', node: 'http', field: 'body' },
  ]);
  expect(found[0]?.detail).toMatch(/^Line 1: .*Credit check/);
});

test('a field that is not shown as JSON, or that is gone with its node, is no problem', () => {
  expect(unfinishedProblems(withHttp({ method: 'POST', body: { expr: 'input' } }), typed)).toEqual([]);
  expect(unfinishedProblems({ formatVersion: 1, nodes: [], edges: [] }, typed)).toEqual([]);
});

test('empty text is no value, not a fault', () => {
  expect(readJsonText(' \n')).toEqual({ ok: true, value: undefined });
  expect(readJsonText('[1]')).toEqual({ ok: true, value: [1] });
  expect(readJsonText('[1')).toMatchObject({ ok: false });
});
