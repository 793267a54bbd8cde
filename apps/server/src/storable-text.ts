import { z } from 'zod';

/** Postgres keeps no NUL, and half a surrogate pair comes back from it as another text: an id stored so would never be found again. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

export const notStorable = 'A text holds a character that cannot be stored: NUL, or half of a character. Leave it out.';

/** A text that is stored as it is: titles, notes, ids. */
export const storableText = z.string().refine(isStorableText, notStorable);
