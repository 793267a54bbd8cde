import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { draw, pathAnalyser } from './document-fixture.ts';
import type { WorkflowDocument } from './document.ts';
import { copyFragment, pasteFragment } from './fragment.ts';
import { nodeId, noteId } from './ids.ts';
import { newDocument } from './new-node.ts';
import { parseDocument } from './parse-document.ts';
import { renameNodeId } from './rename-node.ts';
import { validate } from './validate.ts';

const source = () =>
  draw(
    {
      s: 'start',
      quote: 'http',
      check: { type: 'condition', config: { cases: [{ key: 'yes', label: 'Yes', when: 'steps.quote.output.body.price > 1' }] } },
      each: { type: 'forEach', config: { items: { expr: 'steps.quote.output.body.lines' }, mode: 'sequential' } },
      line: {
        type: 'http',
        parent: 'each',
        config: { method: 'GET', url: 'https://example.test/', body: { price: { expr: 'steps.quote.output.body.price' } } },
      },
      e: 'end',
    },
    ['s -> quote', 'quote -> check', 'check.yes -> each', 'each.body -> line', 'each -> e'],
  );
const ids = (document: WorkflowDocument) => document.nodes.map(({ id }) => id as string);
const place = { parent: null, position: { x: 100, y: 40 } };

describe('copy and paste', () => {
  it('brings inner nodes and edges along, under new ids that expressions follow', () => {
    const document = source();
    const text = JSON.stringify(copyFragment(document, [nodeId('quote'), nodeId('check'), nodeId('each')]));
    const pasted = pasteFragment(document, text, place);
    if (!pasted.ok) throw new Error(JSON.stringify(pasted.problems));
    expect(pasted.pasted).toEqual(['quote_2', 'check_2', 'each_2']);
    const added = pasted.document.nodes.slice(document.nodes.length);
    expect(added.map(({ id, parent }) => [id, parent])).toEqual([
      ['quote_2', null],
      ['check_2', null],
      ['each_2', null],
      ['line_2', 'each_2'],
    ]);
    expect(added[1]?.config).toMatchObject({ cases: [{ when: 'steps.quote_2.output.body.price > 1' }] });
    expect(added[2]?.config.items).toEqual({ expr: 'steps.quote_2.output.body.lines' });
    expect(added[3]?.config.body).toEqual({ price: { expr: 'steps.quote_2.output.body.price' } });
    expect(
      pasted.document.edges
        .slice(document.edges.length)
        .map(({ source: from, sourcePort, target }) => `${from}.${sourcePort} -> ${target}`),
    ).toEqual(['quote_2.out -> check_2', 'check_2.yes -> each_2', 'each_2.body -> line_2']);
    expect(added[0]?.position).toEqual({ x: 100, y: 40 });
    expect(parseDocument(pasted.document).ok).toBe(true);
  });

  it('keeps ids that are free, and leaves the start behind', () => {
    const pasted = pasteFragment(newDocument(), JSON.stringify(source()), place);
    expect(pasted.ok && ids(pasted.document)).toEqual(['start', 'quote', 'check', 'each', 'line', 'e']);
  });

  it('puts what is pasted into a container', () => {
    const document = source();
    const pasted = pasteFragment(document, JSON.stringify(copyFragment(document, [nodeId('line')])), { ...place, parent: nodeId('each') });
    expect(pasted.ok && pasted.document.nodes.at(-1)).toMatchObject({ id: 'line_2', parent: 'each' });
  });

  it('refuses text that is no workflow, saying why', () => {
    expect(pasteFragment(newDocument(), '{"nodes": [', place)).toMatchObject({
      ok: false,
      problems: [{ code: 'document.json', detail: 'The text ends too early. Line 1, column 12.' }],
    });
    expect(pasteFragment(newDocument(), '{"fragment": 1, "nodes": [{"id": "a"}], "edges": []}', place).ok).toBe(false);
    expect(pasteFragment(newDocument(), '"hello"', place).ok).toBe(false);
  });

  it('gives a valid document for any selection, any number of times, and never throws on any text', () => {
    fc.assert(
      fc.property(fc.array(fc.subarray(ids(source())), { minLength: 1, maxLength: 4 }), (selections) => {
        let document = source();
        for (const selection of selections) {
          const pasted = pasteFragment(document, JSON.stringify(copyFragment(document, selection.map(nodeId))), place);
          if (!pasted.ok) throw new Error(JSON.stringify(pasted.problems));
          document = pasted.document;
        }
        expect(parseDocument(document).ok).toBe(true);
        const structural = validate(document, pathAnalyser).filter(
          ({ code }) => code.startsWith('edge.') || code === 'expression.unknown-step',
        );
        expect(structural).toEqual([]);
      }),
      { numRuns: 50 },
    );
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => typeof pasteFragment(newDocument(), text, place).ok === 'boolean'));
  });
});

describe('sticky notes', () => {
  const noted = (): WorkflowDocument => ({
    ...source(),
    notes: [
      { id: noteId('n1'), text: '# Rates', parent: null, position: { x: 300, y: 20 }, size: { width: 200, height: 100 } },
      { id: noteId('n2'), text: 'Per line', parent: nodeId('each'), position: { x: 20, y: 60 }, size: { width: 120, height: 60 } },
    ],
  });

  it('are copied when chosen or inside a chosen container, and keep their place beside the nodes', () => {
    const document = noted();
    const copied = copyFragment(document, [nodeId('quote')], [noteId('n1')]);
    expect(copied.notes?.map(({ id }) => id)).toEqual(['n1']);
    const pasted = pasteFragment(document, JSON.stringify(copied), place);
    if (!pasted.ok) throw new Error(JSON.stringify(pasted.problems));
    expect(pasted.pastedNotes).toEqual(['note-1']);
    expect(pasted.document.notes?.at(-1)).toMatchObject({ text: '# Rates', parent: null, position: { x: 400, y: 60 } });

    const inside = pasteFragment(document, JSON.stringify(copyFragment(document, [nodeId('each')])), place);
    if (!inside.ok) throw new Error(JSON.stringify(inside.problems));
    expect(inside.document.notes?.at(-1)).toMatchObject({ text: 'Per line', parent: 'each_2', position: { x: 20, y: 60 } });
    expect(inside.pastedNotes).toEqual([]);
    expect(parseDocument(inside.document).ok).toBe(true);
  });

  it('a note alone can be copied, and a workflow without any stays without the field', () => {
    const copied = copyFragment(noted(), [], [noteId('n2')]);
    expect(copied.notes).toMatchObject([{ id: 'n2', parent: null }]);
    expect(copyFragment(source(), [nodeId('quote')])).not.toHaveProperty('notes');
    const pasted = pasteFragment(newDocument(), JSON.stringify(copied), place);
    expect(pasted.ok && pasted.document.notes).toMatchObject([{ id: 'note-1', position: place.position }]);
  });

  it('survive parsing, follow a renamed container, and change nothing that is compiled', () => {
    const document = noted();
    expect(parseDocument(JSON.parse(JSON.stringify(document)))).toEqual({ ok: true, document });
    const renamed = renameNodeId(document, nodeId('each'), nodeId('every_line'));
    expect(renamed.ok && renamed.document.notes?.[1]?.parent).toBe('every_line');
    const { notes: _, ...bare } = document;
    expect(compile(document, { analyser: pathAnalyser })).toEqual(compile(bare, { analyser: pathAnalyser }));
  });

  it('are refused when they are none', () => {
    const [note] = noted().notes ?? [];
    const refused = (notes: unknown) => {
      const parsed = parseDocument({ ...source(), notes });
      return parsed.ok ? null : parsed.problems[0]?.code;
    };
    expect(refused([note, note])).toBe('note.duplicate-id');
    expect(refused([{ ...note, colour: 'red' }])).toBe('document.unknown-field');
    expect(refused([{ ...note, text: 7 }])).toBe('document.invalid');
    expect(refused(Array.from({ length: 1001 }, (_, i) => ({ ...note, id: `n${i}` })))).toBe('document.too-large');
  });
});
