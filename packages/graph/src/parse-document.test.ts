import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standardCatalogue } from './catalogue/catalogue.ts';
import { draw } from './document-fixture.ts';
import { maxNodes, parseDocument } from './parse-document.ts';

const codes = (value: unknown): string[] => {
  const parsed = parseDocument(value);
  return parsed.ok ? [] : parsed.problems.map(({ code, field }) => `${code} ${field ?? ''}`.trim());
};
const full = () =>
  JSON.parse(
    JSON.stringify(
      draw(
        {
          s: 'start',
          call: {
            type: 'http',
            timeout: '20s',
            retry: { firstRetryInterval: '1s', maxNumberOfAttempts: 3, nonRetryableErrors: ['X'] },
            disabled: true,
          },
        },
        ['s -> call'],
      ),
    ),
  ) as { nodes: Record<string, unknown>[]; edges: Record<string, unknown>[] } & Record<string, unknown>;

describe('parseDocument', () => {
  it('gives back a document as it is', () => {
    const document = full();
    expect(parseDocument(document)).toEqual({ ok: true, document });
  });

  it('takes a half filled in config', () => {
    const document = full();
    document.nodes[1]!.config = { method: 'NOPE', anything: 1 };
    expect(parseDocument(document).ok).toBe(true);
  });

  it.each<[string, (document: ReturnType<typeof full>) => void, string]>([
    ['an unknown field of the document', (d) => (d.extra = 1), 'document.unknown-field extra'],
    ['an unknown field of a node', (d) => (d.nodes[1]!.colour = 'red'), 'document.unknown-field nodes.1.colour'],
    [
      'an unknown field of a retry policy',
      (d) => ((d.nodes[1]!.retry as Record<string, unknown>).jitter = 1),
      'document.unknown-field nodes.1.retry.jitter',
    ],
    ['another format version', (d) => (d.formatVersion = 2), 'document.invalid formatVersion'],
    ['a node id that is no name', (d) => (d.nodes[1]!.id = 'a-b'), 'document.invalid nodes.1.id'],
    ['a node id that is an operator', (d) => (d.nodes[1]!.id = 'in'), 'document.invalid nodes.1.id'],
    ['a missing position', (d) => delete d.nodes[1]!.position, 'document.invalid nodes.1.position'],
    ['a config that is a list', (d) => (d.nodes[1]!.config = []), 'document.invalid nodes.1.config'],
    ['a wrong type', (d) => (d.nodes[1]!.disabled = 'yes'), 'document.invalid nodes.1.disabled'],
    ['two nodes with one id', (d) => (d.nodes[1]!.id = 's'), 'node.duplicate-id nodes.1.id'],
    ['two edges with one id', (d) => d.edges.push({ ...d.edges[0] }), 'edge.duplicate-id edges.1.id'],
    ['a reserved key', (d) => (d.nodes[1]!.config = { $payload: 'x' }), 'document.json nodes.1.config.$payload'],
    ['too many nodes', (d) => (d.nodes = Array.from({ length: maxNodes + 1 }, () => ({}))), 'document.too-large nodes'],
  ])('refuses %s', (_, change, code) => {
    const document = full();
    change(document);
    expect(codes(document)).toContain(code);
  });

  it('refuses what is no document at all', () => {
    for (const value of [null, undefined, 1, 'x', [], {}, { nodes: 1 }]) expect(parseDocument(value).ok).toBe(false);
  });

  it('never throws, and names at least one problem', () => {
    const node = fc.record(
      {
        id: fc.oneof(fc.constant('a'), fc.jsonValue()),
        type: fc.oneof(fc.constantFrom(...standardCatalogue.types.map(({ key }) => key)), fc.jsonValue()),
        config: fc.jsonValue(),
        parent: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }),
          fc.record({ formatVersion: fc.constantFrom(1, 2), nodes: fc.array(node), edges: fc.array(fc.jsonValue()) }),
        ),
        (value) => {
          const parsed = parseDocument(value);
          expect(parsed.ok || parsed.problems.length > 0).toBe(true);
        },
      ),
    );
  });

  it('keeps sample data, within its limits', () => {
    const document = { ...draw({ start: 'start' }), sample: { input: { a: null }, steps: { start: { output: 1 } }, vars: { n: [] } } };
    expect(parseDocument(document)).toEqual({ ok: true, document });
    for (const sample of [
      { input: 'x'.repeat(300_000) },
      { steps: { start: {} } },
      { steps: { 'no id': { output: 1 } } },
      { other: 1 },
      null,
    ])
      expect(parseDocument({ ...document, sample }).ok).toBe(false);
  });

  it('reads 5,000 nodes quickly', () => {
    const document = draw(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`n${i}`, 'http'])));
    const before = performance.now();
    expect(parseDocument(document).ok).toBe(true);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
