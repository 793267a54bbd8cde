import { expect, test } from 'vitest';
import { extended, isSelected, nothingSelected, selectedCount, selectedFilter, type Selection, toggled } from './selection.ts';

const inSight = ['a', 'b', 'c', 'd'];

test('rows are ticked one by one and by range', () => {
  const one = toggled(nothingSelected, 'b', inSight);
  expect(selectedFilter(one)).toEqual({ ids: ['b'] });
  const range = extended(one, 'b', 'd', inSight);
  expect(selectedFilter(range)).toEqual({ ids: ['b', 'c', 'd'] });
  expect(selectedFilter(toggled(range, 'c', inSight))).toEqual({ ids: ['b', 'd'] });
  expect(selectedFilter(extended(one, 'd', 'b', inSight))).toEqual({ ids: ['b', 'c', 'd'] });
});

test('everything a filter finds is chosen as the filter, until a row is taken out', () => {
  const all: Selection = { of: 'filter', filter: { statuses: ['Failed'] }, count: { value: 1_384, exact: true } };
  expect(isSelected(all, 'a row of another page')).toBe(true);
  expect(selectedCount(all)).toEqual({ value: 1_384, exact: true });
  expect(selectedFilter(toggled(all, 'a', inSight))).toEqual({ ids: ['b', 'c', 'd'] });
});
