import { edgeId, newDocument, nodeId, portId, standardCatalogue, type GraphNode, type WorkflowDocument } from '@perdure/graph';
import { expect, test } from 'vitest';
import { drawSvg, paletteNames, type Palette, type PictureOptions } from './draw-svg.ts';

const palette = Object.fromEntries(paletteNames.map((name) => [name, '#123456'])) as Palette; // one entry per name
const options: PictureOptions = {
  palette,
  background: true,
  only: null,
  icon: () => '<path d="M0 0"/>',
  measure: (text, { size }) => text.length * size * 0.6,
  fontCss: '',
};
const node = (id: string, type: string, more: Partial<GraphNode> = {}): GraphNode => ({
  id: nodeId(id),
  type,
  title: id,
  parent: null,
  position: { x: 0, y: 0 },
  config: standardCatalogue.get(type)?.defaultConfig() ?? {},
  ...more,
});

/** Whether tags are closed in the order in which they were opened, and nothing stands outside them that must not. */
function isWellFormed(xml: string): boolean {
  const open: string[] = [];
  const rest = xml.replaceAll(
    /<(\/?)([a-z]+)((?:\s[a-zA-Z:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#39);[^"<&]*)*")*)(\/?)>/g,
    (_, closing: string, name: string, __, single: string) => {
      if (closing) {
        if (open.pop() !== name) open.push('mismatch');
      } else if (!single) open.push(name);
      return '';
    },
  );
  return open.length === 0 && !/[<>]/.test(rest) && !/&(?!(?:amp|lt|gt|quot|#39);)/.test(rest);
}

test('every type of node, containers, notes and edges are drawn, and what people wrote is escaped', () => {
  const bad = `<script>alert("1")</script> & ' \u0000\ud800 ]]>`;
  const types = standardCatalogue.types.map(({ key }) => key);
  const document: WorkflowDocument = {
    formatVersion: 1,
    nodes: [
      ...types.map((type, i) => node(`n_${i}`, type, { title: bad, position: { x: (i % 4) * 300, y: Math.floor(i / 4) * 160 } })),
      node('odd', 'magic', { title: 'Unknown', position: { x: 0, y: -200 } }),
      node('off', 'timer', { disabled: true, position: { x: 300, y: -200 } }),
      node('folded', 'scope', { collapsed: true, position: { x: 600, y: -200 } }),
      node('hidden', 'timer', { parent: nodeId('folded'), title: 'not drawn' }),
    ],
    edges: [{ id: edgeId('e'), source: nodeId('odd'), sourcePort: portId('out'), target: nodeId('off') }],
    notes: [{ id: 'n' as never, text: `# Title\n- ${bad}`, parent: null, position: { x: -300, y: 0 }, size: { width: 200, height: 100 } }],
  };
  const { svg, width, height } = drawSvg(document, options);
  expect(isWellFormed(svg.trim())).toBe(true);
  expect(svg).not.toContain('<script');
  expect(svg).toContain('&lt;script&gt;');
  expect(svg).toContain('Unknown node');
  expect(svg).toContain('1 node inside');
  expect(svg).not.toContain('not drawn');
  expect(width).toBeGreaterThan(1200);
  expect(height).toBeGreaterThan(600);
  expect(isWellFormed('<a><b></a></b>')).toBe(false);
});

test('a part is drawn by itself, as small as it is; a long title ends in an ellipsis', () => {
  const document: WorkflowDocument = {
    formatVersion: 1,
    nodes: [
      node('a', 'timer', { title: 'A title that does not fit into its node at all' }),
      node('b', 'timer', { position: { x: 5000, y: 5000 } }),
    ],
    edges: [{ id: edgeId('e'), source: nodeId('a'), sourcePort: portId('out'), target: nodeId('b') }],
  };
  const { svg, width } = drawSvg(document, { ...options, only: new Set(['a']), background: false });
  expect(width).toBe(216 + 64);
  expect(svg).toMatch(/A title[^<]*…<\/text>/);
  expect(svg).not.toContain('stroke-width="1.5"/><path');
  expect(drawSvg({ ...newDocument(), nodes: [] }, options)).toMatchObject({ width: 64, height: 64 });
});

test('5,000 nodes are one picture', () => {
  const nodes = Array.from({ length: 5000 }, (_, i) =>
    node(`n${i}`, 'timer', { position: { x: (i % 70) * 260, y: Math.floor(i / 70) * 120 } }),
  );
  const edges = nodes.slice(70).map(({ id }, i) => ({ id: edgeId(`e${i}`), source: nodes[i]!.id, sourcePort: portId('out'), target: id }));
  const { svg } = drawSvg({ formatVersion: 1, nodes, edges }, options);
  expect(svg.match(/<text /g)).toHaveLength(10_000);
});
