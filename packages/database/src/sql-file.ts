import { readFileSync } from 'node:fs';

/** The text of an .sql file beside the module: `sqlFile(import.meta.url, 'instance-list.sql')`. Read once, at import. */
export function sqlFile(moduleUrl: string, name: string): string {
  return readFileSync(new URL(name, moduleUrl), 'utf8');
}
