import { describe, expect, it } from 'vitest';
import { guideStep } from './guide-steps.ts';

describe('guideStep', () => {
  it('follows the sample run', () => {
    expect(guideStep(null, false)).toBe('run');
    expect(guideStep({ status: 'Running', tasks: [] }, false)).toBe('watch');
    expect(guideStep({ status: 'Waiting', tasks: [{ status: 'open' }] }, false)).toBe('approve');
    expect(guideStep({ status: 'Running', tasks: [{ status: 'decided' }] }, false)).toBe('restart');
    expect(guideStep({ status: 'Completed', tasks: [] }, true)).toBe('done');
  });
});
