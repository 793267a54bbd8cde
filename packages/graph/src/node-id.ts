import { type NodeId, nodeId } from './ids.ts';

const pattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** A node id must read as a name in `steps.<id>.output`. The words JSONata keeps for its operators would not. */
export function isNodeIdText(text: string): boolean {
  return pattern.test(text) && !reserved.has(text);
}

export const nodeIdRule =
  'Use a letter or "_" first, then letters, digits or "_", 64 at most, and none of: and, or, in, true, false, null, function.';

/** `Credit check` → `credit_check`, with a number behind it when taken. */
export function uniqueNodeId(taken: { has(id: NodeId): boolean }, title: string): NodeId {
  const slug =
    title
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .slice(0, 56)
      .replace(/_+$/, '') || 'step';
  const base = /^\d/.test(slug) || !isNodeIdText(slug) ? `step_${slug}` : slug;
  for (let n = 1; ; n++) {
    const id = nodeId(n === 1 ? base : `${base}_${n}`);
    if (!taken.has(id)) return id;
  }
}

// The last three would reach a prototype in a plain object keyed by node ids; `checkJson` guards the same names in JSON.
const reserved = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function', '__proto__', 'constructor', 'prototype']);
