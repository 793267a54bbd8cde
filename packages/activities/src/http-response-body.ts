import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Json } from '@perdure/graph';

/** The answer is over the limit, as sent or once decompressed. */
export class ResponseTooLarge extends Error {}

/** The answer's body is not what its headers say. */
export class ResponseUnreadable extends Error {}

/** The body's bytes, decompressed. Reading stops at the limit, so a small answer that unfolds into a huge one costs no more than that. */
export async function readResponseBody(body: Readable, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of decompress(body, encoding, maxBytes) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new ResponseTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** JSON when the answer says so and it is, otherwise text. */
export function parseResponseBody(bytes: Buffer, contentType: string): Json {
  const [mediaType = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  const text = decoderFor(charset).decode(bytes);
  if (/^application\/(.+\+)?json$|^text\/json$/.test(mediaType)) {
    try {
      return JSON.parse(text, (_key, value: Json) => (typeof value === 'string' ? storable(value) : value)) as Json;
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) throw thrown;
    }
  }
  return storable(text);
}

/** Postgres stores neither the null character nor half a surrogate pair. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

function decompress(body: Readable, encoding: string | undefined, maxBytes: number): Readable {
  const transform = decompressorFor(encoding?.trim().toLowerCase() ?? '', Math.min(maxBytes, 64 * 1024));
  if (transform === null) return body;
  // An error of either stream ends the other and shows up where the result is read.
  return pipeline(body, transform, () => undefined);
}

function decompressorFor(encoding: string, chunkSize: number): Transform | null {
  switch (encoding) {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip({ chunkSize });
    case 'deflate':
      return createInflate({ chunkSize });
    case 'br':
      return createBrotliDecompress({ chunkSize });
    default:
      throw new ResponseUnreadable(`The answer is encoded as ${encoding.slice(0, 40)}, which cannot be read.`);
  }
}

function decoderFor(charset: string | undefined): { decode(bytes: Buffer): string } {
  try {
    return new TextDecoder(charset ?? 'utf-8');
  } catch {
    return new TextDecoder('utf-8');
  }
}
