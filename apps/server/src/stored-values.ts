/** Numbers and moments as far as the database's columns reach: what lies beyond is refused in words instead of failing there. */
import { z } from 'zod';

const largestInteger = 2_147_483_647;

/** A version, a revision or a seq: a Postgres integer. */
export const countingNumber = z.int().min(0).max(largestInteger);
export const versionNumber = z.int().min(1).max(largestInteger);

/** The years 1 to 9999: ISO 8601 without a sign. */
export function isStorableMoment(moment: Date): boolean {
  const year = moment.getUTCFullYear();
  return !Number.isNaN(year) && year >= 1 && year <= 9_999;
}

/** A moment as it comes in, and stays, as text. */
export const momentText = z.iso
  .datetime({ offset: true })
  .refine((text) => isStorableMoment(new Date(text)), 'Use a moment in the years 1 to 9999.');

/** A seq in an address or a header. One that no instance reaches counts as the largest there is. */
export function readSeq(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Math.min(Number(text), largestInteger) : undefined;
}
