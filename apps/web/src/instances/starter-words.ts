/** Who started an instance: the name of a person or of a workflow's trigger as it is, a key as what it is. */
export function starterInWords(startedBy: string): string {
  return startedBy.startsWith('api-key:') ? `key “${startedBy.slice('api-key:'.length)}”` : startedBy;
}
