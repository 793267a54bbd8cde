/**
 * The file of a backup: gzip of text, to be looked into with `zcat`.
 *
 *     {"perdure":"backup","format":1,…}           what it is and what it was made of
 *     {"table":"instance","columns":["id",…]}     a table, in an order in which rows can be loaded
 *     …                                           its rows in COPY's text format: one row is one line, whatever is in it
 *     \.                                          the end of the rows; COPY writes no row like this
 *     {"rows":3}
 *     …
 *     {"end":true,"sha256":"…"}                   over everything before this line
 *
 * 1. The file appears whole: it is written aside, flushed to the disk, read back and checked, and renamed.
 * 2. What the reader gives may be used only once it has given `end`: until then the file may turn out to be damaged.
 */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';

export interface ArchiveHeader {
  readonly perdure: 'backup';
  readonly format: number;
  readonly createdAt: string;
  /** Of the database it was made of. */
  readonly incarnation: string;
  /** Applied to it, in order; the last one is the version of its schema. */
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[];
  readonly postgres: string;
}

export interface ArchivedTable {
  readonly table: string;
  readonly columns: readonly string[];
}

export type ArchivePart =
  | { readonly kind: 'header'; readonly header: ArchiveHeader }
  | { readonly kind: 'table'; readonly table: ArchivedTable }
  /** Whole lines. */
  | { readonly kind: 'rows'; readonly text: Buffer }
  | { readonly kind: 'table-end'; readonly rows: number }
  | { readonly kind: 'end' };

/** The file is not a backup, or not a whole one. */
export class ArchiveDamaged extends Error {
  override readonly name = 'ArchiveDamaged';
}

export const archiveFormat = 1;

/** Writes a file with what `write` gives it; `write` gets the means to add tables. Rejects, and leaves no file, when anything fails. */
export async function writeArchive(
  file: string,
  header: ArchiveHeader,
  write: (addTable: (table: ArchivedTable, rows: Readable) => Promise<number>) => Promise<void>,
): Promise<void> {
  const aside = `${file}.${randomUUID().slice(0, 8)}.unfinished`;
  const gzip = createGzip();
  const hash = createHash('sha256');
  // What a database holds is for the eyes of whoever may read the database.
  const toFile = createWriteStream(aside, { flags: 'wx', mode: 0o600, flush: true });
  const written = finished(gzip.pipe(toFile));
  written.catch(() => undefined); // told where it is awaited
  toFile.once('error', (error) => gzip.destroy(error));
  const put = async (text: string | Buffer): Promise<void> => {
    hash.update(text);
    if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), written]);
  };
  try {
    await put(`${JSON.stringify(header)}\n`);
    await write(async (table, rows) => {
      await put(`${JSON.stringify(table)}\n`);
      let count = 0;
      for await (const chunk of rows) {
        const text = chunk as Buffer; // no encoding is set on it
        for (let at = text.indexOf(newline); at !== -1; at = text.indexOf(newline, at + 1)) count += 1;
        await put(text);
      }
      await put(`\\.\n${JSON.stringify({ rows: count })}\n`);
      return count;
    });
    gzip.end(`${JSON.stringify({ end: true, sha256: hash.digest('hex') })}\n`);
    await written;
    for await (const part of readArchive(aside)) void part;
    await rename(aside, file);
    await flushFolder(file);
  } catch (error) {
    gzip.destroy();
    await rm(aside, { force: true });
    throw error;
  }
}

/** Reads a file from its beginning to its end. Throws `ArchiveDamaged`. */
export async function* readArchive(file: string): AsyncGenerator<ArchivePart, void, undefined> {
  const reader = new ArchiveReader();
  const packed = createReadStream(file);
  const text = createGunzip();
  packed.once('error', (error) => text.destroy(error));
  packed.pipe(text);
  try {
    for await (const chunk of text) {
      for (const part of reader.read(chunk as Buffer)) yield part; // no encoding is set on it
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) {
      throw new ArchiveDamaged('The file is not a backup of Perdure, or it was cut off or changed.', { cause: error });
    }
    throw error;
  } finally {
    packed.destroy();
    text.destroy();
  }
  reader.finish();
}

const newline = 10;
const endOfRows = Buffer.from('\\.\n');

class ArchiveReader {
  readonly #hash = createHash('sha256');
  #state: 'header' | 'table' | 'rows' | 'table-end' | 'done' = 'header';
  #rows = 0;
  /** The beginning of a line whose end has not come yet. */
  #begun: Buffer[] = [];

  *read(chunk: Buffer): Generator<ArchivePart> {
    let at = 0;
    // Rows are handed on in runs of whole lines, not one by one.
    let run = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
      const piece = chunk.subarray(at, end + 1);
      const line = this.#begun.length === 0 ? piece : Buffer.concat([...this.#begun, piece]);
      const joined = this.#begun.length > 0;
      this.#begun = [];
      at = end + 1;
      if (this.#state === 'rows' && !line.equals(endOfRows)) {
        this.#rows += 1;
        if (joined) {
          yield this.#take(line);
          run = at;
        }
        continue;
      }
      if (this.#state === 'rows' && run < end + 1 - piece.length) yield this.#take(chunk.subarray(run, end + 1 - piece.length));
      run = at;
      yield* this.#line(line);
    }
    if (this.#state === 'rows' && run < at) yield this.#take(chunk.subarray(run, at));
    if (at < chunk.length) this.#begun.push(Buffer.from(chunk.subarray(at)));
  }

  finish(): void {
    if (this.#state !== 'done' || this.#begun.length > 0) throw new ArchiveDamaged('The backup is cut off: its end is missing.');
  }

  #take(text: Buffer): ArchivePart {
    this.#hash.update(text);
    return { kind: 'rows', text };
  }

  *#line(line: Buffer): Generator<ArchivePart> {
    if (this.#state === 'done') throw new ArchiveDamaged('Something follows the end of the backup.');
    if (this.#state === 'rows') {
      this.#hash.update(line);
      this.#state = 'table-end';
      return;
    }
    const said = parseLine(line);
    if (this.#state === 'table' && said['end'] === true) {
      if (said['sha256'] !== this.#hash.digest('hex')) throw new ArchiveDamaged('The backup was changed: its checksum does not fit.');
      this.#state = 'done';
      yield { kind: 'end' };
      return;
    }
    this.#hash.update(line);
    switch (this.#state) {
      case 'header':
        if (said['perdure'] !== 'backup' || typeof said['format'] !== 'number')
          throw new ArchiveDamaged('The file is not a backup of Perdure.');
        this.#state = 'table';
        // Written by `writeArchive`; a later format is refused by whoever asked for the header.
        yield { kind: 'header', header: said as unknown as ArchiveHeader };
        return;
      case 'table':
        if (typeof said['table'] !== 'string' || !Array.isArray(said['columns']))
          throw new ArchiveDamaged('A table of the backup has no name.');
        this.#state = 'rows';
        this.#rows = 0;
        yield { kind: 'table', table: said as unknown as ArchivedTable };
        return;
      case 'table-end':
        if (said['rows'] !== this.#rows)
          throw new ArchiveDamaged(`A table has ${this.#rows} rows in the backup, not ${String(said['rows'])}.`);
        this.#state = 'table';
        yield { kind: 'table-end', rows: this.#rows };
    }
  }
}

function parseLine(line: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new ArchiveDamaged('The file is not a backup of Perdure, or it was changed.');
}

/** So that the file's name survives a power failure, too. */
async function flushFolder(file: string): Promise<void> {
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } catch {
    // Not every file system can; the file itself is on the disk.
  } finally {
    await folder.close();
  }
}
