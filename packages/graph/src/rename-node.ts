import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import type { WorkflowDocument } from './document.ts';
import type { NodeId } from './ids.ts';
import { isNodeIdText, nodeIdRule } from './node-id.ts';
import { renameInScenario } from './scenario.ts';
import { renameReferences } from './step-references.ts';

export type Renamed = { ok: true; document: WorkflowDocument } | { ok: false; reason: string };

/** Gives a node another id, and brings edges, inner nodes and expressions along. */
export function renameNodeId(document: WorkflowDocument, from: NodeId, to: NodeId, catalogue: Catalogue = standardCatalogue): Renamed {
  if (from === to) return { ok: true, document };
  if (!isNodeIdText(to)) return { ok: false, reason: nodeIdRule };
  if (document.nodes.some(({ id }) => id === to)) return { ok: false, reason: `Another step has the id ${to}. Choose a different one.` };
  const renamed = new Map([[from, to]]);
  const as = (id: NodeId): NodeId => renamed.get(id) ?? id;
  return {
    ok: true,
    document: {
      ...document,
      nodes: document.nodes.map((node) => {
        const next = renameReferences(node, renamed, catalogue);
        return next.id === from || next.parent === from ? { ...next, id: as(next.id), parent: next.parent && as(next.parent) } : next;
      }),
      edges: document.edges.map((edge) =>
        edge.source === from || edge.target === from ? { ...edge, source: as(edge.source), target: as(edge.target) } : edge,
      ),
      ...(document.notes && { notes: document.notes.map((note) => (note.parent === from ? { ...note, parent: to } : note)) }),
      ...(document.scenarios && { scenarios: document.scenarios.map((scenario) => renameInScenario(scenario, renamed)) }),
      ...(document.sample?.steps &&
        Object.hasOwn(document.sample.steps, from) && {
          sample: {
            ...document.sample,
            steps: Object.fromEntries(Object.entries(document.sample.steps).map(([id, step]) => [id === from ? to : id, step])),
          },
        }),
    },
  };
}
