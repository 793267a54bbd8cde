import ELK from 'elkjs/lib/elk.bundled.js';
import { inputPosition, nodeSize, type WorkflowDocument } from '@perdure/graph';
import { expect, test } from 'vitest';
import { drawDocument } from './draw-document.ts';
import { tidyWith, type TidyGraph } from './tidy.ts';

const elk = new ELK();
const layOut = async (graph: TidyGraph): Promise<TidyGraph> => (await elk.layout(graph)) as TidyGraph; // the graph it was given, with places

async function tidied(document: WorkflowDocument): Promise<WorkflowDocument['nodes']> {
  const places = await tidyWith(document, layOut);
  return document.nodes.map((node) => ({ ...node, ...places.get(node.id) }));
}

test('the first step of a container stands under the middle of its header, also in a container inside another', async () => {
  const document = drawDocument(
    {
      start: 'start',
      outer: 'scope',
      inner: { type: 'scope', in: 'outer' },
      ask: { type: 'condition', in: 'inner' },
      low: { type: 'http', in: 'inner' },
      wide: { type: 'scope', in: 'inner' },
      deep: { type: 'http', in: 'wide' },
      after: { type: 'http', in: 'outer', at: [400, 300] },
      side: { type: 'http', in: 'outer', at: [800, 300] },
    },
    [
      'start -> outer',
      'outer.body -> inner',
      'inner.body -> ask',
      'ask.otherwise -> wide',
      'wide.body -> deep',
      'inner -> after',
      'inner -> side',
    ],
  );
  const nodes = await tidied(document);
  const byId = new Map(nodes.map((node) => [node.id as string, node]));
  for (const [container, first] of [
    ['outer', 'inner'],
    ['inner', 'ask'],
    ['wide', 'deep'],
  ] as const) {
    const outside = byId.get(container)!; // both are in the document
    const inside = byId.get(first)!;
    const off = inside.position.x + inputPosition(inside)!.x - nodeSize(outside).width / 2;
    expect(Math.abs(off), `${first} in ${container}`).toBeLessThanOrEqual(4);
  }
});
