/** Who did something: the name of a person or of a workflow's trigger as it is, a key as what it is. */
export function whoInWords(who: string): string {
  return who.startsWith('api-key:') ? `key “${who.slice('api-key:'.length)}”` : who;
}
