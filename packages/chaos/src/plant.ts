import type { PlantedBug } from './planted-bugs.ts';

/** The file's text with the bug in it. A bug that does not find its place exactly once is none. */
export function planted({ name, file, search, replace }: PlantedBug, text: string): string {
  const places = text.split(search).length - 1;
  if (places !== 1) throw new Error(`The bug “${name}” finds its place ${places} times in ${file}. Change it with the code.`);
  return text.replace(search, () => replace);
}
