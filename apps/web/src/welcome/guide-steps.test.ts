import { describe, expect, it } from 'vitest';
import { BREAK_STEPS, countDone, FIRST_STEPS, nextStep } from './guide-steps.ts';

const seen = { at: '2026-01-01T09:16:00.000Z', instanceId: null };

describe('nextStep', () => {
  it('is the first that has not happened, whatever has happened behind it', () => {
    expect(nextStep({})).toBe('ran');
    expect(nextStep({ ran: seen, watched: seen })).toBe('approved');
    expect(nextStep({ ran: seen, watched: seen, resumed: seen })).toBe('approved');
    expect(nextStep({ ran: seen, watched: seen, resumed: seen, approved: seen })).toBe('failed');
  });

  it('is none once everything has', () => {
    expect(nextStep(Object.fromEntries([...FIRST_STEPS, ...BREAK_STEPS].map((step) => [step, seen])))).toBeNull();
  });
});

it('countDone counts within its part', () => {
  expect(countDone({ ran: seen, resumed: seen, failed: seen }, FIRST_STEPS)).toBe(2);
  expect(countDone({ ran: seen, resumed: seen, failed: seen }, BREAK_STEPS)).toBe(1);
});
