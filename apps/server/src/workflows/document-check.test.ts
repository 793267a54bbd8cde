import { newDocument, nodeId, portId, edgeId, type WorkflowDocument } from '@perdure/graph';
import { afterAll, expect, test } from 'vitest';
import { checkDocument } from './check-document.ts';
import { createDocumentCheck } from './document-check.ts';

const { check, close } = createDocumentCheck();
afterAll(close);

/** Steps in a row, each with an expression that reads the one before. */
function chain(length: number): WorkflowDocument {
  const steps = Array.from({ length }, (_, i) => ({
    id: nodeId(`n${i}`),
    type: 'transform',
    title: `Step ${i}`,
    parent: null,
    position: { x: 0, y: i * 80 },
    config: { value: { expr: i === 0 ? 'input' : `steps.n${i - 1}.output` } },
  }));
  const start = newDocument().nodes[0]!;
  const ids = [start.id, ...steps.map(({ id }) => id)];
  return {
    formatVersion: 1,
    nodes: [start, ...steps],
    edges: ids.slice(1).map((target, i) => ({ id: edgeId(`e${i}`), source: ids[i]!, sourcePort: portId('out'), target })),
  };
}

test('says the same as here, and holds nobody up meanwhile', async () => {
  const broken = chain(3);
  broken.nodes[2]!.config = { value: { expr: 'steps.nowhere.output' } };
  expect(await check(broken)).toEqual(checkDocument(broken));
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  expect(await check(chain(2_000))).toEqual([]);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
});

test('gives up what takes too long, and goes on with the next', async () => {
  const short = createDocumentCheck({ limitMs: 1 });
  await expect(short.check(chain(4_000))).rejects.toMatchObject({ code: 'document.not-checked' });
  await short.close();
});
