import { describe, expect, it } from 'vitest';
import { instanceListInput } from './instance-list-input.ts';
import { parseInstanceSearch } from './instance-search.ts';

describe('the instance list in the address', () => {
  it('keeps what it knows and drops the rest, so that an old link still opens', () => {
    expect(
      parseInstanceSearch({
        view: 'failed',
        status: ['Failed', 'Lost'],
        started: '7d',
        workflow: 'a',
        version: '3',
        text: 42,
        cursor: 'c',
        direction: 'newer',
        page: 3,
        tag: [1],
      }),
    ).toEqual({
      view: 'failed',
      status: ['Failed'],
      started: '7d',
      workflow: ['a'],
      version: 3,
      text: '42',
      cursor: 'c',
      direction: 'newer',
    });
    expect(parseInstanceSearch({ view: 'nonsense', started: 'constructor', direction: 'up', version: 0 })).toEqual({});
  });

  it('asks for what is not completed when nothing is chosen', () => {
    expect(instanceListInput({}, 0)).toEqual({ notStatuses: ['Completed'], limit: 50 });
  });

  it('lets a chosen status take the place of the view', () => {
    expect(instanceListInput({ view: 'failed', status: ['Running'] }, 0)).toEqual({ statuses: ['Running'], limit: 50 });
  });

  it('counts back from now', () => {
    expect(instanceListInput({ view: 'all', started: '1h' }, Date.UTC(2026, 0, 1, 12)).startedAfter).toBe('2026-01-01T11:00:00.000Z');
  });

  it('pages towards older ones unless told otherwise', () => {
    expect(instanceListInput({ view: 'all', cursor: 'x' }, 0)).toMatchObject({ cursor: 'x', direction: 'older' });
    expect(instanceListInput({ view: 'all', cursor: 'x', direction: 'newer' }, 0)).toMatchObject({ direction: 'newer' });
  });
});
