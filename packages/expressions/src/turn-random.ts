/**
 * The random numbers of one evaluation: the n-th call gives the n-th value of the seed. Not for secrets.
 * Numbers by sfc32 (Doty-Humphrey, PractRand), seeded through an FNV-1a hash with different offsets.
 */
export interface TurnRandom {
  /** 0 ≤ n < 1, 53 bits. */
  number(): number;
  /** A version 4 UUID. */
  uuid(): string;
}

export function turnRandom(seed: string): TurnRandom {
  let a = hash(seed, 0x811c9dc5);
  let b = hash(seed, 0x2545f491);
  let c = hash(seed, 0x9e3779b9);
  let counter = 1;
  const word = () => {
    const mixed = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + mixed;
    return mixed >>> 0;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) word();
  return {
    number: () => ((word() >>> 5) * 0x4000000 + (word() >>> 6)) / 0x20000000000000,
    uuid() {
      const words = [word(), word(), word(), word()].map((bits) => bits.toString(16).padStart(8, '0')).join('');
      const variant = ((Number.parseInt(words[16] ?? '0', 16) & 3) | 8).toString(16);
      return `${words.slice(0, 8)}-${words.slice(8, 12)}-4${words.slice(13, 16)}-${variant}${words.slice(17, 20)}-${words.slice(20, 32)}`;
    },
  };
}

function hash(text: string, offset: number): number {
  let value = offset;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return value ^ (value >>> 13);
}
