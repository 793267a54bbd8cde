import type { Command } from './command.ts';

export const workflowCommands: readonly Command[] = [
  {
    id: 'workflow.save',
    title: 'Save now',
    group: 'Workflow',
    words: 'draft',
    keys: ['Mod+S'],
    keysIn: 'always',
    edits: true,
    run: ({ saver }) => void saver.flush(),
  },
  {
    id: 'workflow.run',
    title: 'Run…',
    group: 'Workflow',
    words: 'start instance test try',
    keys: ['Mod+Enter'],
    keysIn: 'field',
    refusal: ({ may }) => (may.start ? null : 'Your role may not start instances of this workflow'),
    run: ({ screen }) => screen.setState({ dialog: 'run' }),
  },
  {
    id: 'workflow.publish',
    title: 'Publish…',
    group: 'Workflow',
    words: 'version release deploy',
    refusal: (designer) => designer.publishRefusal,
    run: ({ screen }) => screen.setState({ dialog: 'publish' }),
  },
  {
    id: 'workflow.versions',
    title: 'Versions…',
    group: 'Workflow',
    words: 'history compare changes diff restore',
    run: ({ screen }) => screen.setState({ dialog: 'versions' }),
  },
];
