import { expect, test } from 'vitest';
import { pagesWith } from './use-fresh-pages.ts';

test('as many pages are kept as hold what is in sight', () => {
  expect(pagesWith(0, [100, 100, 40])).toBe(1);
  expect(pagesWith(100, [100, 100, 40])).toBe(1);
  expect(pagesWith(101, [100, 100, 40])).toBe(2);
  expect(pagesWith(240, [100, 100, 40])).toBe(3);
  // What was put off stands in the list, too, and in no page.
  expect(pagesWith(300, [100, 100, 40])).toBe(3);
});
