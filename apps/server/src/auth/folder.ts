import { z } from 'zod';

/** Whether a role held for `held` holds in `folder`: '' holds everywhere, `finance` in `finance/invoices`, too. */
export function covers(held: string, folder: string): boolean {
  return held === '' || folder === held || folder.startsWith(`${held}/`);
}

/** Those whose roles hold in it: itself and all it lies in, '' first. */
export function foldersAbove(folder: string): string[] {
  const names = folder === '' ? [] : folder.split('/');
  return ['', ...names.map((_, n) => names.slice(0, n + 1).join('/'))];
}

/** A folder as people write it: names separated by '/'; '' is none, or all of them. Spaces around the names are left out. */
export const folderPath = z
  .string()
  .max(200)
  .transform((text) =>
    text
      .split('/')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .join('/'),
  )
  .refine((path) => path === '' || path.split('/').every((name) => /^[\p{L}\p{N}][\p{L}\p{N} _.&-]{0,59}$/u.test(name)), {
    message: 'Use letters, digits, spaces, "-", "_", "." and "&" in the names of folders, and "/" between them.',
  });
