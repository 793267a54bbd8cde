/** Tags that Perdure gives itself. Nobody else can give one that begins like them. */
const reserved = 'perdure:';

/** Marks the instances of test runs, and is handed on to their sub-workflows. */
export const testTag = `${reserved}test`;

export function isReservedTag(tag: string): boolean {
  return tag.startsWith(reserved);
}

const restarted = `${reserved}restarted-from:`;

/** Names the instance that one was started again from. */
export function restartedFromTag(id: string): string {
  return `${restarted}${id}`;
}

export function restartedFrom(tags: readonly string[]): string | null {
  return tags.find((tag) => tag.startsWith(restarted))?.slice(restarted.length) ?? null;
}
