import { eventually } from '@perdure/testing';
import type { Load } from '../load.ts';
import type { Scene } from '../scene.ts';

const keys = 3;

/** I1 for signals: counters that are told to add one by the API. What was acknowledged is counted; a try without an answer may be. */
export const tally: Load = {
  name: 'tally',
  workflows: {},
  entityTypes: { tally: { formatVersion: 1, kind: 'counter' } },
  async drive(scene, i) {
    const count = countOf(scene);
    await eventually(
      `the tally takes signal ${i}`,
      async () => {
        count.tried += 1;
        const signal = { name: 'tally', key: `${i % keys}`, operation: 'add', input: 1, by: 'drill' };
        const result = await scene.api.signalEntity(signal).catch(() => undefined);
        return result?.ok || undefined;
      },
      120_000,
    );
    count.acknowledged += 1;
  },
  async check(scene) {
    const { tried, acknowledged } = countOf(scene);
    const counted = await eventually('all signals are taken up', async () => {
      const waiting = await scene.rows<{ waiting: boolean }>(
        `SELECT EXISTS (SELECT 1 FROM message WHERE instance_id LIKE '@tally@%') AS waiting`,
      );
      if (waiting[0]?.waiting !== false) return undefined;
      const rows = await scene.rows<{ counted: number }>(
        `SELECT coalesce(sum((custom_status#>>'{}')::int), 0)::int AS counted FROM instance WHERE workflow_key = '@tally'`,
      );
      return rows[0];
    });
    const isRight = counted.counted >= acknowledged && counted.counted <= tried;
    const example = `${acknowledged} signals were acknowledged of ${tried} tries; ${counted.counted} were counted`;
    return { I1: { holds: isRight, count: isRight ? 0 : 1, examples: isRight ? [] : [example] } };
  },
};

const counts = new WeakMap<Scene, { tried: number; acknowledged: number }>();

function countOf(scene: Scene): { tried: number; acknowledged: number } {
  const known = counts.get(scene) ?? { tried: 0, acknowledged: 0 };
  counts.set(scene, known);
  return known;
}
