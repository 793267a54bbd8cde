import type { Command } from './command.ts';

const ways = [
  { way: 'up', key: 'ArrowUp', x: 0, y: -1, words: 'To what comes before' },
  { way: 'down', key: 'ArrowDown', x: 0, y: 1, words: 'To what comes next' },
  { way: 'left', key: 'ArrowLeft', x: -1, y: 0, words: 'To the left' },
  { way: 'right', key: 'ArrowRight', x: 1, y: 0, words: 'To the right' },
] as const;

/** Arrows walk along the edges and between neighbours; with Ctrl they move what is selected, with Shift as well in longer steps. */
export const moveCommands: readonly Command[] = ways.flatMap(({ way, key, x, y, words }): Command[] => [
  {
    id: `move.to-${way}`,
    title: words,
    group: 'Move',
    keys: [key],
    keysIn: 'canvas',
    keysOnly: true,
    run: ({ model, stage }) => {
      const next = model.neighbour(way);
      if (next === null) return;
      model.selectNode(next);
      stage.reveal(model.document, next);
    },
  },
  {
    id: `move.nudge-${way}`,
    title: `Move ${way} by 4 px`,
    group: 'Move',
    keys: [`Mod+${key}`],
    keysIn: 'canvas',
    keysOnly: true,
    edits: true,
    run: ({ model }) => model.nudge(x * 4, y * 4),
  },
  {
    id: `move.push-${way}`,
    title: `Move ${way} by 16 px`,
    group: 'Move',
    keys: [`Mod+Shift+${key}`],
    keysIn: 'canvas',
    keysOnly: true,
    edits: true,
    run: ({ model }) => model.nudge(x * 16, y * 16),
  },
]);
