/** Any JSON value. `undefined` never appears inside one. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

/**
 * Stands in for a value over 64 KB, which is kept once in the payload table under its SHA-256.
 * Only the runtime makes these: user JSON that holds the key `$payload` is refused at every entrance.
 */
export type PayloadRef = { $payload: string; bytes: number };

export function isPayloadRef(value: Json | undefined): value is PayloadRef {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.$payload === 'string';
}
