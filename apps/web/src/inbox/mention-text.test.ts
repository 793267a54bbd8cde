import { describe, expect, it } from 'vitest';
import { markMentions, mentionAt } from './mention-text.ts';

describe('mentionAt', () => {
  it('finds the name being typed', () => {
    expect(mentionAt('Ask @Tom', 8)).toEqual({ from: 4, typed: 'Tom' });
    expect(mentionAt('@', 1)).toEqual({ from: 0, typed: '' });
    expect(mentionAt('@Ana Maria', 10)).toEqual({ from: 0, typed: 'Ana Maria' });
  });

  it('does not take an address, an earlier line or a sentence for a name', () => {
    expect(mentionAt('write to me@example.com', 23)).toBeNull();
    expect(mentionAt('@Tom\nnext', 9)).toBeNull();
    expect(mentionAt('@Tom can you look at it', 23)).toBeNull();
  });
});

describe('markMentions', () => {
  it('marks whole names, the longest that fits', () => {
    expect(markMentions('@Ana Maria and @Ana: see @Bo', ['Ana', 'Ana Maria'])).toEqual([
      { text: '@Ana Maria', isMention: true },
      { text: ' and ', isMention: false },
      { text: '@Ana', isMention: true },
      { text: ': see @Bo', isMention: false },
    ]);
  });
});
