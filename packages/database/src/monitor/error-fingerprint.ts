/**
 * Which failures count as the same: those of one workflow, node and code whose texts differ only in numbers, ids, addresses and moments.
 * The digits of an HTTP status stay: 502 and 503 are not the same.
 */
import { createHash } from 'node:crypto';

export interface FailureFacts {
  workflowKey: string;
  node: string;
  code: string;
  message: string;
}

export function errorFingerprint({ workflowKey, node, code, message }: FailureFacts): string {
  return fingerprint(['failure', workflowKey, node, code, errorPattern(message)]);
}

export function stuckFingerprint(facts: { workflowKey: string; node: string; cause: string; event: string | null }): string {
  return fingerprint(['stuck', facts.workflowKey, facts.node, facts.cause, facts.event ?? '']);
}

function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16);
}

/** The text with what is different each time taken out. */
export function errorPattern(message: string): string {
  return replacements
    .reduce((text, [found, put]) => text.replace(found, put), message.slice(0, 1_000))
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** In this order: what holds others comes first. */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)\]]+/gi, '<address>'],
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, '<mail>'],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?/g, '<moment>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  // A word of letters and digits, of its own or in parts: ORD-48214, 4f9a2c07, user_7.
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-z])[a-z0-9]+(?:[_-][a-z0-9]+)*\b/gi, '<id>'],
  [/(?<=^(?:HTTP )?)(?=[45]\d\d\b)(\d)(\d)(\d)/, '$1\u2060$2\u2060$3'],
  [/(?<![\d\u2060])\d+(?:[.,]\d+)*(?![\d\u2060])/g, '<n>'],
  [/\u2060/g, ''],
];
