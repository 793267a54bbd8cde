import { TRPCClientError } from '@trpc/client';
import { describe, expect, it } from 'vitest';
import { describeError, errorText } from './describe-error.ts';

function answered(httpStatus: number, perdure?: object): TRPCClientError<never> {
  return TRPCClientError.from({
    error: { code: -32600, message: 'raw words', data: { httpStatus, ...(perdure ? { perdure } : {}) } },
  } as never);
}

describe('describeError', () => {
  it('takes the words of the server, split into what happened and what to do', () => {
    expect(
      describeError(answered(409, { code: 'workflow.key-taken', message: 'The key "a" is taken. Choose another one.' })),
    ).toMatchObject({
      code: 'workflow.key-taken',
      title: 'The key "a" is taken.',
      detail: 'Choose another one.',
      transient: false,
    });
  });

  it('keeps a sentence with a colon in one piece', () => {
    expect(
      describeError(answered(409, { code: 'task.already-decided', message: 'Already decided: Aiko Tanaka approved at 09:12.' })).title,
    ).toBe('Already decided: Aiko Tanaka approved at 09:12.');
  });

  it('carries the problems of fields', () => {
    const details = [{ field: 'amount', message: 'Enter 0 or more.' }, 'junk', { field: 3 }];
    expect(describeError(answered(400, { code: 'input.invalid', message: 'The input does not fit.', details })).fields).toEqual([
      { field: 'amount', message: 'Enter 0 or more.' },
    ]);
  });

  it('calls a server that does not answer, or is not ready, worth another try', () => {
    expect(describeError(TRPCClientError.from(new TypeError('Failed to fetch')))).toMatchObject({ code: 'unreachable', transient: true });
    expect(describeError(answered(503, { code: 'not-ready', message: 'Starting.' })).transient).toBe(true);
  });

  it('never shows nothing', () => {
    expect(errorText(new Error('x is undefined'))).toBe('This page ran into a fault. x is undefined');
  });
});
