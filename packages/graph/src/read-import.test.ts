import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDocument } from './any-document-fixture.ts';
import { draw } from './document-fixture.ts';
import type { WorkflowDocument } from './document.ts';
import { standardCatalogue } from './catalogue/catalogue.ts';
import { parseDocument } from './parse-document.ts';
import { readImport } from './read-import.ts';
import { writeDocument } from './write-document.ts';

const optional = fc.record(
  {
    size: fc.record({ width: fc.integer({ min: 1, max: 900 }), height: fc.integer({ min: 1, max: 900 }) }),
    retry: fc.record(
      {
        firstRetryInterval: fc.constant('1s'),
        maxNumberOfAttempts: fc.nat(9),
        backoffCoefficient: fc.constant(1.5),
        maxRetryInterval: fc.constant('1m'),
        retryTimeout: fc.constant('1h'),
        nonRetryableErrors: fc.constant(['A', 'B']),
      },
      { requiredKeys: ['firstRetryInterval', 'maxNumberOfAttempts'] },
    ),
    pinned: fc.record({ output: fc.jsonValue(), port: fc.constant('out') }, { requiredKeys: ['output'] }),
  },
  { requiredKeys: [] },
);
const extras = fc.record(
  {
    notes: fc.constant([
      { id: 'n', text: '# Hi\n"quotes" <b>', parent: null, position: { x: -1.5, y: 2 }, size: { width: 200, height: 80 } },
    ]),
    scenarios: fc.constant([{ id: 's', title: 'Small order', input: { z: 1, a: [] }, fastForward: true, expect: { status: 'Completed' } }]),
  },
  { requiredKeys: [] },
);
/** Of known types, with every optional field in some of them. */
const documents = fc.tuple(anyDocument, fc.array(optional, { maxLength: 6 }), extras).map(([value, more, rest]) => {
  const nodes = value.nodes.filter(({ type }) => standardCatalogue.get(type));
  const ids = new Set(nodes.map(({ id }) => id));
  return {
    ...value,
    nodes: nodes.map((node, i) => ({ ...node, ...more[i], parent: node.parent !== null && ids.has(node.parent) ? node.parent : null })),
    edges: value.edges.filter(({ source, target }) => ids.has(source) && ids.has(target)),
    ...rest,
  };
});

const left = (value: unknown) => {
  const reading = readImport(JSON.stringify(value));
  return reading.ok ? reading.import.left.map(({ name, reason }) => `${name}: ${reason}`) : [`${reading.title}: ${reading.detail}`];
};

describe('readImport', () => {
  it('reads back what was written, identical, to the order of the keys in a config', () => {
    let read = 0;
    fc.assert(
      fc.property(documents, (value) => {
        const parsed = parseDocument(JSON.parse(JSON.stringify(value)));
        if (!parsed.ok) return;
        const text = writeDocument(parsed.document);
        const reading = readImport(text);
        expect(reading.ok && reading.import.left).toEqual([]);
        const back = reading.ok ? reading.import.document : null;
        expect(back).toEqual(parsed.document);
        expect(JSON.stringify(back?.nodes.map(({ config, pinned }) => [config, pinned]))).toBe(
          JSON.stringify(parsed.document.nodes.map(({ config, pinned }) => [config, pinned])),
        );
        expect(writeDocument(back!)).toBe(text);
        read++;
      }),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(200);
  });

  it('takes what it can of anything, and tells of everything else', () => {
    const broken = fc.tuple(
      anyDocument,
      fc.array(fc.tuple(fc.nat(5), fc.constantFrom('type', 'id', 'position', 'title', 'extra', 'parent'), fc.jsonValue()), {
        maxLength: 4,
      }),
    );
    fc.assert(
      fc.property(broken, ([value, damage]) => {
        const given = JSON.parse(JSON.stringify(value)) as { nodes: Record<string, unknown>[]; edges: unknown[] };
        for (const [at, field, junk] of damage) {
          const node = given.nodes[at % given.nodes.length]!;
          node[field] = junk;
        }
        const reading = readImport(JSON.stringify(given));
        if (!reading.ok) return; // a refused key
        const { document, left: out } = reading.import;
        expect(parseDocument(document)).toMatchObject({ ok: true });
        expect(document.nodes.length + out.filter(({ what }) => what === 'node').length).toBe(given.nodes.length);
        expect(document.edges.length + out.filter(({ what }) => what === 'edge').length).toBe(given.edges.length);
      }),
      { numRuns: 400 },
    );
    fc.assert(fc.property(fc.string(), (text) => void readImport(text)));
    fc.assert(fc.property(fc.json(), (text) => void readImport(text)));
  });

  it('says in words what it left out', () => {
    const document = draw({ s: 'start', a: { type: 'htttp', title: 'Credit check' }, b: { type: 'timer', title: 'Wait' }, box: 'scope' }, [
      's -> a',
      's -> b',
      'a -> b',
    ]) as WorkflowDocument & Record<string, unknown>;
    expect(
      left({
        ...document,
        formatVersion: 2,
        theme: 'dark',
        nodes: [
          ...document.nodes,
          { ...document.nodes[2]!, id: 'c', parent: 'gone', colour: 'red', position: { x: 1, y: 2, z: 3 } },
          { ...document.nodes[2]!, id: 'd', position: 'left' },
          7,
        ],
      }),
    ).toEqual([
      'The file: It was written by another version of Perdure (format 2, this one knows 1). What is not known here is left out.',
      'Node Credit check: It is of the type "htttp", which this installation does not have. The nearest is "http".',
      '"position.z" of Node Wait: This version of Perdure has no such field.',
      '"colour" of Node Wait: This version of Perdure has no such field.',
      expect.stringMatching(/^Node Wait: position: /),
      'Node 7: It is not an object.',
      'Container of Wait: gone is not there, so the node stands at the top level.',
      'Edge from s to Credit check: Credit check is not there.',
      'Edge from Credit check to Wait: Credit check is not there.',
      '"theme": This version of Perdure does not know it.',
    ]);
  });

  it('refuses what is none', () => {
    expect(left([])).toEqual([expect.stringMatching(/^Not a workflow/)]);
    expect(left({ nodes: 3 })).toEqual([expect.stringMatching(/^Not a workflow/)]);
    expect(readImport('{')).toMatchObject({ ok: false, title: 'Not JSON' });
    expect(readImport(' '.repeat(9_000_000))).toMatchObject({ ok: false, title: 'Too large' });
    expect(left({ nodes: Array.from({ length: 5001 }, () => ({})) })).toEqual([expect.stringMatching(/^Too large: It has 5001 nodes/)]);
  });

  it('reads an export with its title and key, and what was copied from a canvas', () => {
    const document = draw({ s: 'start', e: 'end' }, ['s -> e']);
    expect(readImport(JSON.stringify({ formatVersion: 1, key: 'order', title: ' Order ', version: 3, document }))).toMatchObject({
      ok: true,
      import: { title: 'Order', key: 'order', description: null, left: [], document },
    });
    expect(readImport(JSON.stringify({ fragment: 1, nodes: document.nodes, edges: document.edges }))).toMatchObject({
      ok: true,
      import: { document, left: [] },
    });
  });
});
