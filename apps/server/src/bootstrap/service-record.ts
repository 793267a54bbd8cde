import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What a data directory remembers of its embedded servers: how to reach them, and which processes they were. Holds passwords. */
export type ServiceRecord = z.infer<typeof serviceRecord>;

const server = z.object({
  port: z.number().int(),
  password: z.string(),
  pid: z.number().int().nullable(),
  identity: z.string().nullable(),
});
const serviceRecord = z.object({
  postgres: server.optional(),
  redis: server.optional(),
  /** Of the process that serves the web app, for links made from outside it. */
  publicUrl: z.string().optional(),
});

export function readServiceRecord(directory: string): ServiceRecord {
  let text;
  try {
    text = readFileSync(fileIn(directory), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  return serviceRecord.parse(JSON.parse(text));
}

/** Replaces the file as a whole, readable by its owner only. */
function writeServiceRecord(directory: string, record: ServiceRecord): void {
  const aside = `${fileIn(directory)}.new`;
  writeFileSync(aside, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(aside, fileIn(directory));
}

function fileIn(directory: string): string {
  return join(directory, 'services.json');
}

/** Changes a part of the record and leaves the rest. */
export function remember(directory: string, part: ServiceRecord): void {
  writeServiceRecord(directory, { ...readServiceRecord(directory), ...part });
}
