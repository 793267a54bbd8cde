import type { Command } from './command.ts';

export const dataCommands: readonly Command[] = [
  {
    id: 'data.sample',
    title: ({ model }) => (model.document.sample ? 'Edit sample data…' : 'Type sample data…'),
    group: 'Workflow',
    words: 'preview expression test example input json',
    edits: true,
    run: ({ screen }) => screen.setState({ dialog: 'sample' }),
  },
];
