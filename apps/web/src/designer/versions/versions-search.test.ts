import { expect, test } from 'vitest';
import { parseVersionsSearch } from './versions-search.ts';

test('a version and what it is compared with; anything else opens nothing', () => {
  expect(parseVersionsSearch({ version: 3, from: 1 })).toEqual({ version: 3, from: 1 });
  expect(parseVersionsSearch({ version: 'draft', from: 2, whole: true, other: 1 })).toEqual({ version: 'draft', from: 2, whole: true });
  expect(parseVersionsSearch({ version: 3, from: 'x', whole: 'yes' })).toEqual({ version: 3 });
  for (const version of [0, -1, 1.5, '3', 'latest', null, undefined, {}]) expect(parseVersionsSearch({ version, from: 1 })).toEqual({});
});
