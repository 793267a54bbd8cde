import { describe, expect, it } from 'vitest';
import { contextFacts } from './context-facts.ts';

describe('contextFacts', () => {
  it('lets an amount take its currency along', () => {
    expect(contextFacts({ customer: 'Nordlicht AB', amount: 12_480.5, currency: 'EUR' }).facts).toEqual([
      { key: 'customer', label: 'Customer', value: 'Nordlicht AB' },
      { key: 'amount', label: 'Amount', value: 12_480.5, unit: 'EUR' },
    ]);
  });

  it('keeps a currency that belongs to no amount', () => {
    expect(contextFacts({ currency: 'EUR', quantity: 3 }).facts.map(({ label }) => label)).toEqual(['Currency', 'Quantity']);
  });

  it('makes one fact of a small record that begins with a number', () => {
    expect(contextFacts({ credit: { score: 742, limit: 50_000 }, fraud: { score: 0.08, result: 'clear' } }).facts).toEqual([
      { key: 'score', label: 'Credit score', value: 742, notes: [{ key: 'limit', label: 'limit', value: 50_000 }] },
      { key: 'score', label: 'Fraud score', value: 0.08, notes: [{ key: 'result', label: null, value: 'clear' }] },
    ]);
  });

  it('makes a fact per field of other small records', () => {
    expect(contextFacts({ customer: { name: 'Nordlicht AB', city: 'Kiel' } }).facts.map(({ label }) => label)).toEqual([
      'Customer name',
      'Customer city',
    ]);
  });

  it('shows a number that is the sum of a column as the last row of the table, and no other', () => {
    const lines = [
      { line: 'Compressor', total: 5_780.1 },
      { line: 'Control unit', total: 3_660.2 },
    ];
    const { facts, blocks } = contextFacts({ lines, totalBeforeVat: 9_440.3, total: 11_000 });
    expect(blocks).toMatchObject([{ kind: 'records', total: { label: 'Total before vat', column: 'total', value: 9_440.3 } }]);
    expect(facts).toMatchObject([{ label: 'Total', value: 11_000 }]);
  });

  it('leaves what is deeper to be unfolded', () => {
    expect(contextFacts({ quote: { air: { price: 3 } } }).blocks).toMatchObject([{ kind: 'deep', title: 'Quote' }]);
  });
});
