/** How many arguments each function of the cheap subset takes: at least, at most. */
const arities = {
  exists: [1, 1],
  not: [1, 1],
  boolean: [1, 1],
  number: [1, 1],
  string: [1, 1],
  type: [1, 1],
  uppercase: [1, 1],
  lowercase: [1, 1],
  trim: [1, 1],
  length: [1, 1],
  substring: [2, 3],
  substringBefore: [2, 2],
  substringAfter: [2, 2],
  contains: [2, 2],
  floor: [1, 1],
  ceil: [1, 1],
  round: [1, 2],
  abs: [1, 1],
  count: [1, 1],
  sum: [1, 1],
  max: [1, 1],
  min: [1, 1],
  average: [1, 1],
  now: [0, 0],
  millis: [0, 0],
  random: [0, 0],
  uuid: [0, 0],
  error: [0, 1],
} as const;

export type CheapFunctionName = keyof typeof arities;

export function cheapFunctionArity(name: string): { least: number; most: number } | null {
  if (!Object.hasOwn(arities, name)) return null;
  const [least, most] = arities[name as CheapFunctionName]; // own key
  return { least, most };
}
