import { parseDocument, parseJson, type WorkflowDocument } from '@perdure/graph';

/** A draft the server has not got yet, kept in this browser. */
export interface LocalDraft {
  document: WorkflowDocument;
  baseRevision: number;
  /** What it was made on, for merging; null when it is not known (any more). */
  base: WorkflowDocument | null;
}

const keyOf = (workflowKey: string): string => `perdure-draft:${workflowKey}`;
const baseKeyOf = (workflowKey: string): string => `perdure-draft-base:${workflowKey}`;
/** The base changes with each save only, so it is not written with each edit. */
let storedBase: { workflowKey: string; revision: number } | null = null;

/** What waits to be written: while somebody types, a large draft is not written on every key. */
const waiting = new Map<string, LocalDraft>();
let timer: ReturnType<typeof setTimeout> | null = null;
let lastCostMs = 0;

/** Writing may take one part in this many of the page's time. */
const restPerCost = 20;

/** At once while that costs nothing to speak of; a large draft a moment later, and at the latest when the page is left. */
export function keepLocalDraft(workflowKey: string, draft: LocalDraft | null): void {
  if (draft === null) {
    waiting.delete(workflowKey);
    write(workflowKey, null);
    return;
  }
  waiting.set(workflowKey, draft);
  const restMs = lastCostMs * restPerCost;
  if (restMs < 50) writeWaiting();
  else timer ??= setTimeout(writeWaiting, restMs);
}

function writeWaiting(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  const began = performance.now();
  for (const [key, draft] of waiting) write(key, draft);
  if (waiting.size > 0) lastCostMs = performance.now() - began;
  waiting.clear();
}

if (typeof window !== 'undefined') {
  window.addEventListener('pagehide', writeWaiting);
  document.addEventListener('visibilitychange', writeWaiting);
}

function write(workflowKey: string, draft: LocalDraft | null): void {
  try {
    if (draft === null) {
      localStorage.removeItem(keyOf(workflowKey));
      localStorage.removeItem(baseKeyOf(workflowKey));
      storedBase = null;
      return;
    }
    const { document, baseRevision, base } = draft;
    localStorage.setItem(keyOf(workflowKey), JSON.stringify({ document, baseRevision }));
    if (storedBase?.workflowKey === workflowKey && storedBase.revision === baseRevision) return;
    // Without room for both, the draft is what counts.
    localStorage.removeItem(baseKeyOf(workflowKey));
    storedBase = { workflowKey, revision: baseRevision };
    if (base) localStorage.setItem(baseKeyOf(workflowKey), JSON.stringify({ document: base, baseRevision }));
  } catch {
    // Storage may be full or forbidden. The draft is then only in this page until the server has it, as the save mark says.
  }
}

/** What was kept is read like any foreign file: another version of Perdure may have written it. */
export function readLocalDraft(workflowKey: string): LocalDraft | null {
  writeWaiting();
  const draft = readKept(keyOf(workflowKey));
  const base = draft && readKept(baseKeyOf(workflowKey));
  return draft && { ...draft, base: base?.baseRevision === draft.baseRevision ? base.document : null };
}

function readKept(storageKey: string): Omit<LocalDraft, 'base'> | null {
  const text = localStorage.getItem(storageKey);
  const read = text === null ? null : parseJson(text);
  if (!read?.ok || typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) return null;
  const parsed = parseDocument(read.value['document']);
  const { baseRevision } = read.value;
  return parsed.ok && typeof baseRevision === 'number' ? { document: parsed.document, baseRevision } : null;
}
