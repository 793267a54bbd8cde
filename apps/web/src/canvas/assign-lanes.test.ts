import { edgeId } from '@perdure/graph';
import { describe, expect, test } from 'vitest';
import { assignLanes, type Run } from './assign-lanes.ts';

const run = (edge: string, from: number, to: number, more: Partial<Run> = {}): Run => ({
  edge: edgeId(edge),
  source: edge,
  port: 'out',
  target: `to-${edge}`,
  from,
  to,
  exceptional: false,
  room: 200,
  ...more,
});
const lane = (row: Run[], edge: string): number | undefined => assignLanes(row).get(edgeId(edge));

describe('assignLanes', () => {
  test('a run alone lies 20 px above its target', () => {
    expect(lane([run('a', 0, 100)], 'a')).toBe(20);
  });

  test('runs that overlap and have nothing in common are 12 px apart', () => {
    const row = [run('a', 0, 300), run('b', 200, 400)];
    expect(Math.abs(lane(row, 'a')! - lane(row, 'b')!)).toBe(12);
  });

  test('edges to one target share a run, and so do edges from one port', () => {
    const merge = [run('a', 0, 300, { target: 't' }), run('b', 500, 300, { target: 't' })];
    expect(lane(merge, 'a')).toBe(lane(merge, 'b'));
    const split = [run('a', 0, 300, { source: 's' }), run('b', 0, -300, { source: 's' })];
    expect(lane(split, 'a')).toBe(lane(split, 'b'));
  });

  test('an error keeps a lane of its own, below the normal ones', () => {
    const row = [run('a', 0, 300, { target: 't' }), run('e', 100, 300, { target: 't', exceptional: true })];
    expect(lane(row, 'e')).toBe(18);
    expect(lane(row, 'a')).toBe(30);
  });

  test('the exits of one node keep to one lane where they can', () => {
    const row = [
      run('e', 108, 256, { target: 't', exceptional: true }),
      run('r', 72, 256, { target: 't', source: 'approve', port: 'r' }),
      run('c', -72, -256, { source: 'approve', port: 'c' }),
    ];
    expect(lane(row, 'c')).toBe(lane(row, 'r'));
  });

  test('no lane is above what there is room for', () => {
    const row = Array.from({ length: 10 }, (_, i) => run(`r${i}`, 0, 300 + i, { room: 48 }));
    expect(Math.max(...assignLanes(row).values())).toBeLessThanOrEqual(48 - 8);
  });
});
