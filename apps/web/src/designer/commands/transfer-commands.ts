import { queryClient, trpc } from '../../api/trpc.ts';
import { exportWorkflow } from '../../transfer/export-workflow.ts';
import type { Command } from './command.ts';

/** The workflow as a file, and back. */
export const transferCommands: readonly Command[] = [
  {
    id: 'workflow.export-json',
    title: 'Export as JSON',
    group: 'Workflow',
    words: 'download save file backup',
    run: ({ key, model }) => {
      const { title = key, description = '' } = queryClient.getQueryData(trpc.workflows.get.queryKey({ key })) ?? {};
      exportWorkflow({ key, title, description, document: model.document });
    },
  },
  {
    id: 'workflow.export-picture',
    title: 'Export as a picture…',
    group: 'Workflow',
    words: 'svg png image download screenshot print',
    menu: ['canvas', 'selection'],
    run: ({ screen }) => screen.setState({ dialog: 'picture' }),
  },
  {
    id: 'workflow.import',
    title: 'Import into this workflow…',
    group: 'Workflow',
    words: 'upload open file json load',
    edits: true,
    run: ({ screen }) => screen.setState({ dialog: 'import', importText: '' }),
  },
];
