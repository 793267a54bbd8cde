import { instanceId } from '@perdure/engine';
import { describe, expect, it } from 'vitest';
import { hotStoreContract } from '../ports/hot-store-contract.ts';
import { LocalHotStore } from './local-hot-store.ts';

describe('LocalHotStore', () => {
  hotStoreContract(async () => new LocalHotStore());

  it('keeps at most its limit, the least recently saved leave first', async () => {
    const store = new LocalHotStore(2);
    const [a, b, c] = [instanceId('a'), instanceId('b'), instanceId('c')];
    const first = (id: typeof a) => ({ instanceId: id, baseSeq: 0, seq: 1, events: [], checkpoint: null, final: false });
    await store.save([first(a), first(b)]);
    await store.save([{ ...first(a), baseSeq: 1, seq: 2 }]);
    await store.save([first(c)]);
    expect([...(await store.load([a, b, c])).keys()]).toEqual([a, c]);
  });
});
