import {
  copyFragment,
  indexGraph,
  parseDocument,
  pasteFragment,
  portsOf,
  renameNodeId,
  standardCatalogue,
  type NodeId,
  type NodeType,
  type WorkflowDocument,
} from '@perdure/graph';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignNodes, distributeNodes } from './arrange-nodes.ts';
import { DesignerModel } from './designer-model.ts';
import { fitContainers, openAround, updateNode } from './document-edits.ts';
import { drawDocument } from './draw-document.ts';
import { containerTypes, groupNodes, ungroupNodes } from './group-nodes.ts';
import { anchored, applyPlaces, partOf } from './tidy-document.ts';

const first = drawDocument(
  {
    start: 'start',
    ask: { type: 'condition', config: { cases: [{ key: 'yes', label: 'Yes', when: 'input.a' }] } },
    each: { type: 'forEach', at: [300, 200], size: { width: 320, height: 260 } },
    call: { type: 'http', in: 'each', at: [40, 60], config: { method: 'GET', url: { expr: 'steps.ask.output' } } },
    wait: { type: 'timer', at: [0, 300] },
    all: { type: 'join', at: [0, 500] },
    end: { type: 'end', at: [0, 600] },
  },
  ['start -> ask', 'ask.yes -> each', 'ask.otherwise -> wait', 'each.body -> call', 'each -> all', 'wait -> all', 'all -> end'],
);

/** One edit, its arguments given as numbers that pick among what there is. */
type Edit = (model: DesignerModel, pick: Picker) => void;

class Picker {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  number(below: number): number {
    const next = this.#numbers[this.#at % this.#numbers.length] ?? 0;
    this.#at += 1;
    return next % Math.max(1, below);
  }

  of<Item>(list: readonly Item[]): Item | undefined {
    return list[this.number(list.length)];
  }

  some(model: DesignerModel): Set<NodeId> {
    const { nodes } = model.document;
    return new Set(Array.from({ length: 1 + this.number(4) }, () => this.of(nodes)?.id).filter((id) => id !== undefined));
  }

  place(): { x: number; y: number } {
    return { x: this.number(2000) - 500, y: this.number(2000) - 500 };
  }

  type(): NodeType {
    const types = standardCatalogue.types.filter(({ hasInput }) => hasInput);
    return this.of(types) ?? types[0]!;
  }
}

const edits: Record<string, Edit> = {
  add: (model, pick) => {
    model.selectNode(pick.of(model.document.nodes)?.id ?? null);
    model.add(pick.type());
  },
  addAt: (model, pick) => {
    const parent = pick.of(model.document.nodes.filter(({ type }) => standardCatalogue.get(type)?.container))?.id ?? null;
    model.add(pick.type(), { place: { parent, position: pick.place() } });
  },
  insert: (model, pick) => {
    const edge = pick.of(model.document.edges);
    if (edge) model.insertOnEdge(edge.id, pick.type());
  },
  connect: (model, pick) => {
    const source = pick.of(model.document.nodes);
    const port = source && pick.of(portsOf(source));
    const target = pick.of(model.document.nodes);
    if (source && port && target) model.connect({ source: source.id, sourcePort: port.id, target: target.id });
  },
  reconnect: (model, pick) => {
    const edge = pick.of(model.document.edges);
    const target = pick.of(model.document.nodes);
    if (edge && target) model.reconnect(edge.id, { source: edge.source, sourcePort: edge.sourcePort, target: target.id });
  },
  move: (model, pick) => {
    const moved = [...pick.some(model)];
    const parent =
      pick.number(2) === 0
        ? null
        : (pick.of(model.document.nodes.filter(({ type }) => standardCatalogue.get(type)?.container))?.id ?? null);
    model.move(moved.map((node) => ({ node, parent, position: pick.place() })));
  },
  nudge: (model, pick) => {
    model.select({ nodes: pick.some(model), edges: new Set() });
    model.nudge(pick.number(40) - 20, pick.number(40) - 20);
  },
  remove: (model, pick) => {
    const edge = pick.number(3) === 0 ? pick.of(model.document.edges) : undefined;
    model.select({ nodes: pick.some(model), edges: new Set(edge ? [edge.id] : []) });
    model.deleteSelection();
  },
  disable: (model, pick) => {
    model.select({ nodes: pick.some(model), edges: new Set() });
    model.toggleDisabled();
  },
  retitle: (model, pick) => {
    const node = pick.of(model.document.nodes);
    if (node)
      model.change('Change', (before) => updateNode(before, node.id, (one) => ({ ...one, title: `Title ${pick.number(9)}` })), {
        mergeKey: `${node.id}.title`,
      });
  },
  reconfigure: (model, pick) => {
    const node = pick.of(model.document.nodes.filter(({ type }) => type === 'condition' || type === 'humanTask'));
    const keys = ['yes', 'no', 'late'].slice(0, 1 + pick.number(3));
    if (node)
      model.change('Change', (before) =>
        updateNode(before, node.id, (one) => ({
          ...one,
          config: {
            ...one.config,
            ...(node.type === 'condition'
              ? { cases: keys.map((key) => ({ key, label: key, when: 'true' })) }
              : { outcomes: keys.map((key) => ({ key, label: key, tone: 'primary' })) }),
          },
        })),
      );
  },
  renameId: (model, pick) => {
    const node = pick.of(model.document.nodes);
    const renamed = node && renameNodeId(model.document, node.id, `renamed_${pick.number(99)}` as NodeId); // judged there
    if (renamed?.ok) model.change('Rename', () => renamed.document);
  },
  collapse: (model, pick) => {
    const node = pick.of(model.document.nodes.filter(({ type }) => standardCatalogue.get(type)?.container));
    if (node)
      model.change('Collapse', (before) =>
        updateNode(before, node.id, ({ collapsed, ...rest }) => (collapsed ? rest : { ...rest, collapsed: true })),
      );
  },
  open: (model, pick) => {
    const node = pick.of(model.document.nodes);
    if (node) model.change('Open', (before) => openAround(before, node.id));
  },
  paste: (model, pick) => {
    const parent =
      pick.of([null, ...model.document.nodes.filter(({ type }) => standardCatalogue.get(type)?.container).map(({ id }) => id)]) ?? null;
    const copied = copyFragment(model.document, pick.some(model));
    // Doubling over and over tells nothing new.
    if (model.document.nodes.length > 80 || copied.nodes.length === 0) return;
    const pasted = pasteFragment(model.document, JSON.stringify(copied), { parent, position: pick.place() });
    if (!pasted.ok) throw new Error(JSON.stringify(pasted.problems));
    model.change('Paste', () => fitContainers(pasted.document), { select: pasted.pasted });
  },
  group: (model, pick) => {
    const type = pick.of(containerTypes);
    const answer =
      type && groupNodes(model.document, { nodes: pick.some(model), notes: new Set(model.document.notes?.map(({ id }) => id)) }, type);
    if (answer?.ok) model.change('Group', () => answer.document, { select: answer.select });
  },
  ungroup: (model, pick) => {
    const container = pick.of(model.document.nodes.filter(({ type }) => standardCatalogue.get(type)?.container));
    const answer = container && ungroupNodes(model.document, container.id);
    if (answer?.ok) model.change('Ungroup', () => answer.document, { select: answer.select });
  },
  align: (model, pick) => {
    const chosen = pick.some(model);
    const to = pick.of(['left', 'centre', 'right', 'top', 'middle', 'bottom'] as const) ?? 'left';
    model.change('Align', (before) => alignNodes(before, { nodes: chosen, notes: new Set(before.notes?.map(({ id }) => id)) }, to));
  },
  distribute: (model, pick) => {
    const chosen = pick.some(model);
    model.change('Distribute', (before) =>
      distributeNodes(before, { nodes: chosen }, pick.number(2) === 0 ? 'horizontally' : 'vertically'),
    );
  },
  tidy: (model, pick) => {
    // Any places a layout may give; the layout itself runs in a worker.
    const part = partOf(model.document, pick.some(model));
    const places = new Map(part.nodes.map(({ id }) => [id, { position: pick.place() }]));
    model.change('Tidy', (before) => applyPlaces(before, anchored(part, places)));
  },
  addNote: (model, pick) => model.addNote({ parent: null, position: pick.place() }),
  moveNote: (model, pick) => {
    const note = pick.of(model.document.notes ?? []);
    if (note) model.move([], [{ note: note.id, parent: null, position: pick.place() }]);
  },
  writeNote: (model, pick) => {
    const note = pick.of(model.document.notes ?? []);
    if (note) model.writeNote(note.id, `Text ${pick.number(9)}`);
  },
  resizeNote: (model, pick) => {
    const note = pick.of(model.document.notes ?? []);
    if (note) model.resizeNote(note.id, { ...pick.place(), width: 100 + pick.number(200), height: 60 + pick.number(200) });
  },
  dropOnEdge: (model, pick) => {
    const node = pick.of(model.document.nodes);
    const edge = pick.of(model.document.edges);
    if (node && edge) model.dropOnEdge({ node: node.id, parent: null, position: pick.place() }, edge.id);
  },
  removeNote: (model, pick) => {
    const note = pick.of(model.document.notes ?? []);
    if (!note) return;
    model.select({ nodes: new Set(), edges: new Set(), notes: new Set([note.id]) });
    model.deleteSelection();
  },
  adopt: (model, pick) =>
    model.adopt('Changes by Tomás', {
      ...model.document,
      nodes: model.document.nodes.map((node) => ({ ...node, title: `Theirs ${pick.number(9)}` })),
    }),
};

const sequence = fc.array(
  fc.tuple(fc.constantFrom(...Object.keys(edits)), fc.array(fc.nat({ max: 10_000 }), { minLength: 12, maxLength: 12 })),
  {
    minLength: 100,
    maxLength: 100,
  },
);

test('after any hundred edits a hundred undos give the first document and a hundred redos the last; each on the way is a workflow', () => {
  fc.assert(
    fc.property(sequence, (steps) => {
      const saved: WorkflowDocument[] = [];
      const model = new DesignerModel(first, true, (document) => saved.push(document));
      const seen: WorkflowDocument[] = [];
      for (const [name, numbers] of steps) {
        const before = model.document;
        edits[name]?.(model, new Picker(numbers));
        if (model.document === before) continue;
        expect(faultOf(model.document), name).toBeNull();
        seen.push(model.document);
      }
      const last = model.document;
      for (let i = 0; i < 100; i += 1) {
        model.undo();
        expect(model.document === first || seen.includes(model.document)).toBe(true);
      }
      expect(model.document).toBe(first);
      expect(model.view.getState().undoLabel).toBeNull();
      for (let i = 0; i < 100; i += 1) model.redo();
      expect(model.document).toBe(last);
      expect(model.view.getState().redoLabel).toBeNull();
      // What is on the screen and what was given to be saved are the same document.
      expect(model.view.getState().document).toBe(last);
      expect(seen.length === 0 || saved.at(-1) === last).toBe(true);
    }),
    // Shrinking a hundred edits takes longer than anybody waits; the seed is told.
    { numRuns: 60, endOnFailure: true },
  );
});

/** What is wrong with a document, as anybody who opens it would find; null when nothing is. */
function faultOf(document: WorkflowDocument): string | null {
  const parsed = parseDocument(JSON.parse(JSON.stringify(document)));
  if (!parsed.ok) return JSON.stringify(parsed.problems);
  const index = indexGraph(document);
  const [broken] = index.broken;
  if (broken) return `edge ${broken.edge.id}: ${broken.fault}`;
  const lost = document.nodes.find(({ parent }) => parent !== null && !index.types.get(parent)?.container);
  if (lost) return `${lost.id} is in ${lost.parent}, which is no container`;
  const ring = document.nodes.find((node) => isInRing(index.nodes.get(node.id)?.parent ?? null, node.id));
  return ring ? `${ring.id} is inside itself` : null;

  function isInRing(at: NodeId | null, id: NodeId): boolean {
    for (let depth = 0; at !== null && depth <= document.nodes.length; depth += 1) {
      if (at === id) return true;
      at = index.nodes.get(at)?.parent ?? null;
    }
    return false;
  }
}
