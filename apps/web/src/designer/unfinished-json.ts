import { isExpression, parseJson, standardCatalogue, type Json, type NodeId, type Problem, type WorkflowDocument } from '@perdure/graph';

/**
 * JSON typed into a field that is not JSON yet. A config holds JSON values only, so the text waits beside the document, by node and
 * field, until it is finished; as long as it waits it is a problem that blocks publishing: nobody publishes what they do not see.
 */
export type UnfinishedJson = ReadonlyMap<string, string>;

export function unfinishedKey(node: NodeId, field: string): string {
  return `${node}:${field}`;
}

/** Empty text counts as no value. */
export function readJsonText(text: string): { ok: true; value: Json | undefined } | { ok: false; message: string } {
  if (text.trim() === '') return { ok: true, value: undefined };
  const read = parseJson(text);
  return read.ok ? { ok: true, value: read.value } : { ok: false, message: `Line ${read.line}: ${read.message}` };
}

export function unfinishedProblems(document: WorkflowDocument, unfinished: UnfinishedJson): Problem[] {
  if (unfinished.size === 0) return [];
  return document.nodes.flatMap((node) =>
    (standardCatalogue.get(node.type)?.fields ?? []).flatMap((field): Problem[] => {
      const text = unfinished.get(unfinishedKey(node.id, field.name));
      // A field that another one hides, or that has become an expression, shows no such text and cannot be corrected.
      const isHidden = field.when && !field.when.is.includes(node.config[field.when.field] ?? null);
      if (text === undefined || isHidden || isExpression(node.config[field.name])) return [];
      const read = readJsonText(text);
      if (read.ok) return [];
      return [
        {
          code: 'config.unfinished-json',
          severity: 'error',
          title: `${field.label} is not JSON`,
          detail: `${read.message} Correct it in ${node.title}: until then it is not stored.`,
          node: node.id,
          field: field.name,
        },
      ];
    }),
  );
}

/** Kept for this tab, so that a reload does not lose what was typed. */
export function readUnfinished(workflowKey: string): UnfinishedJson {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey(workflowKey)) ?? '[]');
    return new Map(
      Array.isArray(kept)
        ? kept.filter(
            (entry): entry is [string, string] =>
              Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string'),
          )
        : [],
    );
  } catch {
    return new Map();
  }
}

export function storeUnfinished(workflowKey: string, unfinished: UnfinishedJson): void {
  try {
    if (unfinished.size === 0) sessionStorage.removeItem(storageKey(workflowKey));
    else sessionStorage.setItem(storageKey(workflowKey), JSON.stringify([...unfinished]));
  } catch {
    // Storage is full or off: the text is still on this page.
  }
}

function storageKey(workflowKey: string): string {
  return `perdure-unfinished-${workflowKey}`;
}
