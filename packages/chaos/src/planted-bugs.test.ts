import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { planted } from './plant.ts';
import { plantedBugs } from './planted-bugs.ts';

const root = join(import.meta.dirname, '../../..');

it.each(plantedBugs.map((bug) => [bug.name, bug] as const))('can still be planted: %s', (_name, bug) => {
  const text = readFileSync(join(root, bug.file), 'utf8');
  expect(planted(bug, text)).not.toBe(text);
});

it('refuses a place that is there twice, or not at all', () => {
  const bug = { name: 'b', file: 'f', search: 'x', replace: 'y', noticedBy: { simulation: 1 } };
  expect(() => planted(bug, 'x and x')).toThrow('2 times');
  expect(() => planted(bug, 'nothing')).toThrow('0 times');
});
