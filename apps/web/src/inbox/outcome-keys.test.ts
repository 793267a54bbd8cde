import { expect, it } from 'vitest';
import { outcomeKeys } from './outcome-keys.ts';

it('gives the initials first, the primary outcome before the others', () => {
  const keys = outcomeKeys([
    { port: 'changes', label: 'Request changes', tone: 'neutral' },
    { port: 'rejected', label: 'Reject', tone: 'danger' },
    { port: 'approved', label: 'Approve', tone: 'primary' },
  ]);
  expect([...keys]).toEqual([
    ['approved', 'a'],
    ['rejected', 'r'],
    ['changes', 'h'],
  ]);
});

it('never gives a key twice nor one the inbox needs', () => {
  const keys = outcomeKeys(['Claim', 'Close', 'Call', 'Keep', 'Use'].map((label) => ({ port: label, label, tone: 'neutral' as const })));
  expect(new Set(keys.values()).size).toBe(5);
  for (const taken of ['j', 'k', 'c', 'u', 'd', 's', 'm', 'x', 'g']) expect([...keys.values()]).not.toContain(taken);
});

it('leaves an outcome without letters without a key', () => {
  expect(outcomeKeys([{ port: 'x', label: '承認', tone: 'primary' }]).size).toBe(0);
});
