/** Marks the instances of test runs, and is handed on to their sub-workflows. Nobody else can give a tag that begins like it. */
export const testTag = 'perdure:test';

const reserved = 'perdure:';

export function isReservedTag(tag: string): boolean {
  return tag.startsWith(reserved);
}
