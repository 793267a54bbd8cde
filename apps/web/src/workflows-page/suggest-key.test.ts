import { describe, expect, it } from 'vitest';
import { suggestKey } from './suggest-key.ts';

describe('suggestKey', () => {
  it('makes a key of any title', () => {
    expect(suggestKey('Order approval (EU)')).toBe('order-approval-eu');
    expect(suggestKey('Été à Oslo')).toBe('ete-a-oslo');
    expect(suggestKey('承認')).toBe('');
  });
});
