import { describe, expect, it } from 'vitest';
import type { JsonObject } from './json.ts';
import { inputPosition, nodeSize, portPositions } from './node-size.ts';

const outcomes = (count: number): JsonObject => ({
  outcomes: Array.from({ length: count }, (_, i) => ({ key: `o${i}`, label: `O${i}`, tone: 'neutral' })),
});

describe('node size', () => {
  it('is 216 by 52, with 24 more for named outputs and 64 each above four', () => {
    expect(nodeSize({ type: 'http', config: {} })).toEqual({ width: 216, height: 52 });
    expect(nodeSize({ type: 'humanTask', config: outcomes(3) })).toEqual({ width: 216, height: 76 });
    expect(nodeSize({ type: 'humanTask', config: outcomes(6) })).toEqual({ width: 384, height: 76 });
    expect(nodeSize({ type: 'join', config: { mode: 'all' } })).toEqual({ width: 120, height: 32 });
    expect(nodeSize({ type: 'forEach', config: {}, size: { width: 500, height: 300 } })).toEqual({ width: 500, height: 300 });
    expect(nodeSize({ type: 'forEach', config: {}, size: { width: 500, height: 300 }, collapsed: true })).toEqual({
      width: 232,
      height: 32,
    });
  });

  it('puts normal ports at the bottom in equal segments and exceptional ones at the right', () => {
    const at = (type: string, config: JsonObject) =>
      portPositions({ type, config }).map(({ port, position }) => [port.id, position.x, position.y, position.side]);
    expect(at('http', {})).toEqual([
      ['out', 108, 52, 'bottom'],
      ['error', 216, 26, 'right'],
    ]);
    expect(at('humanTask', { ...outcomes(3), deadline: '1d' })).toEqual([
      ['o0', 36, 76, 'bottom'],
      ['o1', 108, 76, 'bottom'],
      ['o2', 180, 76, 'bottom'],
      ['overdue', 216, 26, 'right'],
    ]);
    expect(inputPosition({ type: 'http', config: {} })).toEqual({ x: 108, y: 0, side: 'top' });
    expect(inputPosition({ type: 'start', config: {} })).toBeNull();
  });
});
