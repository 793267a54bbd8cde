import { didYouMean } from '@perdure/graph';

/** What is said beside a field that holds the key of no workflow: the key, and the one that was most likely meant. */
export function noSuchWorkflow(key: string, keys: readonly string[]): string {
  const meant = didYouMean(key, keys) ?? keys.find((one) => isPartOf(key, one) || isPartOf(one, key));
  return `There is no workflow “${key}”.${meant === undefined ? '' : ` Did you mean “${meant}”?`}`;
}

function isPartOf(part: string, whole: string): boolean {
  return whole.toLowerCase().includes(part.toLowerCase());
}
