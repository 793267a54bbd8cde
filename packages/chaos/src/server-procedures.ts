import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const proceduresFolder = join(import.meta.dirname, '../../../apps/server/src/trpc/procedures');

/** `/trpc/<name>` of every procedure there is a file of. */
export function procedurePaths(): string[] {
  return readdirSync(proceduresFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file.includes('/'))
    .map((file) => `/trpc/${inCamelCase(file.slice(0, -3).replace('/', '.'))}`);
}

function inCamelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
