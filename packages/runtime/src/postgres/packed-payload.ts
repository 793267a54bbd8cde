/**
 * The form of a payload in its row: zstd, packed and unpacked outside of this thread. Postgres would compress the text itself, but holds a
 * connection and a core five times as long for it (docs/decisions/0024-payloads-are-packed.md).
 */
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export function packPayload(json: Uint8Array): Promise<Buffer> {
  // Mostly in one go: every piece of the answer is a turn of this thread. Room for all of it is rarely needed, and is garbage each time.
  const chunkSize = Math.max(64 * 1024, json.byteLength >> 2);
  return compress(json, { chunkSize, params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } });
}

/** `bytes`: how many were packed. More are not unpacked; rejects when it is not as many, or the content is damaged. */
export async function unpackPayload(packed: Uint8Array, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const json = await decompress(packed, { chunkSize: Math.max(constants.Z_MIN_CHUNK, bytes), maxOutputLength: Math.max(1, bytes) });
  if (json.byteLength !== bytes) throw new Error(`A payload of ${bytes} bytes has ${json.byteLength}.`);
  return json;
}
