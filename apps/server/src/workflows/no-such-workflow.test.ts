import { expect, test } from 'vitest';
import { noSuchWorkflow } from './no-such-workflow.ts';

const keys = ['orders', 'order-approval', 'invoices', 'Expense-Report'];

test.each([
  ['ordres', 'orders'],
  ['Orders', 'orders'],
  ['invoice', 'invoices'],
  ['expense-reports', 'Expense-Report'],
  ['approval', 'order-approval'],
])('%s was meant as %s', (key, nearest) => {
  expect(noSuchWorkflow(key, keys)).toBe(`There is no workflow “${key}”. Did you mean “${nearest}”?`);
});

test('where nothing is alike, nothing is named', () => {
  expect(noSuchWorkflow('shipping', keys)).toBe('There is no workflow “shipping”.');
  expect(noSuchWorkflow('orders', [])).toBe('There is no workflow “orders”.');
});
