/** What an entity type may be called, and so the part of an entity's id before its key. Compared without case: kept in lower case. */
export const entityNamePattern = /^[a-z][a-z0-9-]{0,63}$/;

export const entityNameRule = 'Use a lower-case letter first, then lower-case letters, digits or "-", 64 at most.';

/** Keys tell entities of one type apart. Case matters in them. */
export function isEntityKey(text: string): boolean {
  // Control characters have no place in addresses and lists; lone surrogates none in the database.
  return text.length >= 1 && text.length <= 200 && !/[\p{Cc}\p{Cs}]/u.test(text);
}

export const entityKeyRule = 'A key has 1 to 200 characters, and no control characters among them.';
