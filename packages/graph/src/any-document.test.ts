import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyDocument } from './any-document-fixture.ts';
import { summaryOf } from './catalogue/catalogue.ts';
import { compile } from './compile.ts';
import { canConnect } from './connect-rules.ts';
import { pathAnalyser } from './document-fixture.ts';
import { copyFragment, pasteFragment } from './fragment.ts';
import type { WorkflowDocument } from './document.ts';
import { nodeId, portId } from './ids.ts';
import { nodeSize, portPositions } from './node-size.ts';
import { parseDocument } from './parse-document.ts';
import { renameNodeId } from './rename-node.ts';
import { validate } from './validate.ts';

it('gives an answer about any document that parses', () => {
  let compiles = 0;
  fc.assert(
    fc.property(anyDocument, (value) => {
      const parsed = parseDocument(JSON.parse(JSON.stringify(value)));
      if (!parsed.ok) return; // a generated config may hold a refused key
      const given: WorkflowDocument = parsed.document;
      const problems = validate(given, pathAnalyser);
      for (const { title, detail } of problems) expect(`${title}|${detail}`).toMatch(/^[^|]+\|.+\S$/s);
      const compiled = compile(given, { analyser: pathAnalyser });
      if (compiled.ok) compiles++;
      // What validation finds no error in can be compiled.
      expect(compiled.ok || problems.some(({ severity }) => severity === 'error')).toBe(true);
      for (const one of given.nodes) {
        expect(nodeSize(one).width).toBeGreaterThan(0);
        expect(portPositions(one).every(({ position }) => Number.isFinite(position.x + position.y))).toBe(true);
        expect(summaryOf(one, 2)).not.toBe('');
        expect(typeof canConnect(given, { source: one.id, sourcePort: portId('out'), target: nodeId('a') }).ok).toBe('boolean');
      }
      const pasted = pasteFragment(given, JSON.stringify(copyFragment(given, [nodeId('b'), nodeId('c')])), {
        parent: null,
        position: { x: 0, y: 0 },
      });
      expect(pasted.ok && parseDocument(pasted.document).ok).toBe(true);
      expect(renameNodeId(given, nodeId('a'), nodeId('renamed')).ok).toBe(true);
    }),
    { numRuns: 1500 },
  );
  expect(compiles).toBeGreaterThan(0);
});
