import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The flags that the product's own process is started with, so that what is measured and drilled is the product. */
export const serverNodeFlags: readonly string[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../apps/server/node-flags.json'), 'utf8'),
) as string[]; // the file holds nothing else
