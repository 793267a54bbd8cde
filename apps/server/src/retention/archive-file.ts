/**
 * One file of an archive: gzip of lines (docs/operations.md).
 *
 * F1 It appears under its name whole: written aside, flushed to the disk, read back and compared, renamed, and the folder flushed.
 * F2 What is written counts only as written once this has resolved; when it rejects there is no file of that name by it.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** `name` is relative to the directory and may name a folder in it. Gives its size. */
export async function writeArchiveFile(
  directory: string,
  name: string,
  lines: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<number> {
  const file = join(directory, name);
  const aside = unfinished(file);
  // The directory itself is the administrator's: one that is missing may be a disk that is not mounted.
  await stat(directory);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const written = new Digest();
    // What instances hold is for the eyes of whoever may read the database.
    const toFile = createWriteStream(aside, { flags: 'w', mode: 0o600, flush: true });
    await pipeline(Readable.from(lines, { highWaterMark: 1 }), written.through(), createGzip(), toFile, { signal });
    const found = new Digest();
    await pipeline(createReadStream(aside), createGunzip(), found.through(), async (text) => {
      for await (const _ of text);
    });
    if (found.hex() !== written.hex()) throw new Error('The archive does not read as it was written.');
    const { size } = await stat(aside);
    await rename(aside, file);
    await flushFolder(dirname(file));
    await flushFolder(directory);
    return size;
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** Of an attempt that was broken off, whatever there is of it. */
export async function removeArchiveFile(directory: string, name: string): Promise<void> {
  await rm(join(directory, name), { force: true });
  await rm(unfinished(join(directory, name)), { force: true });
}

/** Whether it is still there as it was written. */
export async function hasArchiveFile(directory: string, name: string, bytes: number): Promise<boolean> {
  const found = await stat(join(directory, name)).catch(() => null);
  return found?.size === bytes;
}

class Digest {
  readonly #hash = createHash('sha256');

  through(): Transform {
    const hash = this.#hash;
    return new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
  }

  hex(): string {
    return this.#hash.digest('hex');
  }
}

function unfinished(file: string): string {
  return `${file}.unfinished`;
}

/** So that the file's name survives a power failure, too. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch {
    // Not every file system can; the file itself is on the disk.
  } finally {
    await handle.close();
  }
}
