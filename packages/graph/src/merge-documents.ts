/**
 * Brings together what two people made of one document. Only changes that have nothing to do with each other are merged: a node is one person's,
 * moving it about apart, and so is a port with the edges that leave by it. Everything else is a conflict, for people to decide.
 *
 * 1. With one side unchanged the merge is the other side.
 * 2. Which side is called mine does not matter, the order of lists apart.
 * 3. A merge has no fault in its structure that neither side had.
 */
import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import { type DocumentDiff, type ItemChange, applyDiff, diffDocuments, isLayoutOnly, isSameJson } from './diff-documents.ts';
import type { GraphEdge, WorkflowDocument } from './document.ts';
import { indexGraph } from './graph-index.ts';
import type { NodeId } from './ids.ts';
import { parseDocument } from './parse-document.ts';
import type { Problem } from './problem.ts';
import { checkStructure } from './structure.ts';

export type Merged = { ok: true; document: WorkflowDocument } | { ok: false; conflicts: MergeConflict[] };

export interface MergeConflict {
  /** The node both sides touched; null when it is something else. */
  node: NodeId | null;
  reason: string;
}

export function mergeDocuments(
  base: WorkflowDocument,
  mine: WorkflowDocument,
  theirs: WorkflowDocument,
  catalogue: Catalogue = standardCatalogue,
): Merged {
  const [left, right] = [diffDocuments(base, mine, catalogue), diffDocuments(base, theirs, catalogue)];
  const conflicts = [...itemConflicts(left, right), ...edgeConflicts(base, left, right), ...otherConflicts(left, right)];
  if (conflicts.length > 0) return { ok: false, conflicts };
  const document = withoutTwins(freeNotes(applyDiff(mine, right)), mine, base);
  const known = new Set([mine, theirs].flatMap((one) => checkStructure(indexGraph(one, catalogue)).map(keyOf)));
  const faults = checkStructure(indexGraph(document, catalogue)).filter((problem) => !known.has(keyOf(problem)));
  const parsed = parseDocument(document);
  const found = [...faults, ...(parsed.ok ? [] : parsed.problems)];
  if (found.length > 0)
    return {
      ok: false,
      conflicts: found.map(({ node, detail }) => ({ node: node ?? null, reason: `Together they do not fit: ${detail}` })),
    };
  return { ok: true, document };
}

/** Of several starts or equal edges, the one that is named depends on the order in which they are listed. */
function keyOf({ code, node, edge }: Problem): string {
  if (code.startsWith('start.') || code === 'edge.duplicate') return code;
  return `${code} ${node ?? ''} ${edge ?? ''}`;
}

function itemConflicts({ nodes: mine }: DocumentDiff, { nodes: theirs }: DocumentDiff): MergeConflict[] {
  const other = new Map(theirs.map((change) => [change.id, change]));
  return mine.flatMap((change) => {
    const against = other.get(change.id);
    if (!against || isSameOutcome(change, against)) return [];
    const node = change.id as NodeId; // the id of a node's change
    if (change.kind === 'removed' || against.kind === 'removed') {
      // What was only moved about by one side may go.
      if (isLayoutOnly(change) || isLayoutOnly(against)) return [];
      return [{ node, reason: 'One side removed it, the other changed it.' }];
    }
    if (change.kind === 'changed' && against.kind === 'changed') {
      const isApart =
        (isLayoutOnly(change) || isLayoutOnly(against)) &&
        change.fields.every(({ field, after }) => against.fields.every((one) => one.field !== field || isSameJson(one.after, after)));
      if (isApart) return [];
    }
    return [{ node, reason: 'Both sides changed it.' }];
  });
}

function isSameOutcome<Item>(a: ItemChange<Item>, b: ItemChange<Item>): boolean {
  if (a.kind === 'removed' || b.kind === 'removed') return a.kind === b.kind;
  return isSameJson(a.after, b.after);
}

/** A port is one person's: two edges inserted after the same step would otherwise become a split that nobody drew. */
function edgeConflicts(base: WorkflowDocument, mine: DocumentDiff, theirs: DocumentDiff): MergeConflict[] {
  const titles = new Map(base.nodes.map(({ id, title }) => [id, title]));
  const [left, right] = [portsTouched(mine), portsTouched(theirs)];
  const other = new Map(theirs.edges.map((change) => [change.id, change]));
  const sameEdge = mine.edges.flatMap((change) => {
    const against = other.get(change.id);
    if (!against || isSameOutcome(change, against)) return [];
    const { source } = change.kind === 'removed' ? change.before : change.after;
    return [{ node: source, reason: `Both sides changed an edge of ${titles.get(source) ?? source}.` }];
  });
  if (sameEdge.length > 0) return sameEdge;
  return [...left].flatMap(([port, { node, changes }]) => {
    const against = right.get(port)?.changes;
    if (!against || isSameSet(changes, against)) return [];
    return [{ node, reason: `Both sides changed where ${titles.get(node) ?? node} leads.` }];
  });
}

function portsTouched({ edges }: DocumentDiff): Map<string, { node: NodeId; changes: Map<string, ItemChange<GraphEdge>> }> {
  const ports = new Map<string, { node: NodeId; changes: Map<string, ItemChange<GraphEdge>> }>();
  for (const change of edges) {
    const ends = [...(change.kind === 'added' ? [] : [change.before]), ...(change.kind === 'removed' ? [] : [change.after])];
    for (const { source, sourcePort } of ends) {
      const key = `${source} ${sourcePort}`;
      const port = ports.get(key) ?? { node: source, changes: new Map() };
      ports.set(key, port);
      port.changes.set(change.id, change);
    }
  }
  return ports;
}

function isSameSet(a: ReadonlyMap<string, ItemChange<GraphEdge>>, b: ReadonlyMap<string, ItemChange<GraphEdge>>): boolean {
  return a.size === b.size && [...a].every(([id, change]) => b.has(id) && isSameOutcome(change, b.get(id)!));
}

function otherConflicts(mine: DocumentDiff, theirs: DocumentDiff): MergeConflict[] {
  return mine.others.flatMap(({ part, changes }) => {
    const against = theirs.others.find((other) => other.part === part)?.changes ?? [];
    const byId = new Map(against.map((change) => [change.id, change]));
    // A list on one side and something else on the other cannot be told apart item by item.
    const isMixed = against.length > 0 && changes.some(({ id }) => id === '') !== against.some(({ id }) => id === '');
    const both = changes.some((change) => {
      const other = byId.get(change.id);
      return other !== undefined && !isSameOutcome(change, other);
    });
    return isMixed || both ? [{ node: null, reason: `Both sides changed the ${part}.` }] : [];
  });
}

/** A note whose container one side removed stays, at the top level. */
function freeNotes(document: WorkflowDocument): WorkflowDocument {
  if (!document.notes) return document;
  const ids = new Set(document.nodes.map(({ id }) => id));
  return {
    ...document,
    notes: document.notes.map((note) => (note.parent !== null && !ids.has(note.parent) ? { ...note, parent: null } : note)),
  };
}

/** Both may have drawn the same edge under ids of their own. */
function withoutTwins(merged: WorkflowDocument, mine: WorkflowDocument, base: WorkflowDocument): WorkflowDocument {
  const own = new Set(mine.edges.map(({ id }) => id));
  const old = new Set(base.edges.map(({ id }) => id));
  const drawn = mine.edges.filter(({ id }) => !old.has(id));
  const ends = new Set(drawn.map(({ source, sourcePort, target }) => `${source} ${sourcePort} ${target}`));
  return {
    ...merged,
    edges: merged.edges.filter(({ id, source, sourcePort, target }) => own.has(id) || !ends.has(`${source} ${sourcePort} ${target}`)),
  };
}
