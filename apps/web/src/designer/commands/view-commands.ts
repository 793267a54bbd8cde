import { toggleOutline } from '../node-actions.ts';
import { openMenuAtSelection } from '../open-context-menu.ts';
import type { Command } from './command.ts';

export const viewCommands: readonly Command[] = [
  { id: 'view.zoom-in', title: 'Zoom in', group: 'View', keys: ['+', '='], run: ({ stage }) => stage.zoom('in') },
  { id: 'view.zoom-out', title: 'Zoom out', group: 'View', keys: ['-'], run: ({ stage }) => stage.zoom('out') },
  {
    id: 'view.zoom-reset',
    title: 'Zoom to 100 %',
    group: 'View',
    words: 'actual size',
    keys: ['0'],
    run: ({ stage }) => stage.zoom('reset'),
  },
  {
    id: 'view.select-tool',
    title: ({ screen }) => (screen.getState().tool === 'select' ? 'Pan by dragging' : 'Select by dragging'),
    group: 'View',
    words: 'marquee lasso frame box tool touch hand',
    keys: ['S'],
    run: ({ screen }) => screen.setState(({ tool }) => ({ tool: tool === 'select' ? 'pan' : 'select' })),
  },
  {
    id: 'view.fit',
    title: 'Show everything',
    group: 'View',
    words: 'fit zoom overview',
    keys: ['1'],
    menu: ['canvas'],
    run: ({ model, stage }) => stage.show(model.document),
  },
  {
    id: 'view.outline',
    title: ({ screen }) => (screen.getState().left === 'outline' ? 'Close the outline' : 'Outline'),
    group: 'View',
    words: 'list tree steps structure accessible',
    keys: ['O'],
    run: toggleOutline,
  },
  {
    id: 'view.problems',
    title: ({ screen }) => (screen.getState().drawerOpen ? 'Hide problems' : 'Show problems'),
    group: 'View',
    words: 'errors warnings drawer',
    run: ({ screen }) => screen.setState(({ drawerOpen }) => ({ drawerOpen: !drawerOpen })),
  },
  {
    id: 'view.commands',
    title: 'Commands…',
    group: 'View',
    keys: ['Mod+K'],
    keysIn: 'field',
    menu: ['canvas'],
    run: ({ screen }) => screen.setState({ dialog: 'commands', quickAdd: null }),
  },
  {
    id: 'view.shortcuts',
    title: 'Keys…',
    group: 'View',
    words: 'shortcuts keyboard help',
    keys: ['?'],
    menu: ['canvas'],
    run: ({ screen }) => screen.setState({ dialog: 'shortcuts' }),
  },
  {
    id: 'view.menu',
    title: 'Open the menu of the selection',
    group: 'View',
    words: 'context actions right click',
    keys: ['Shift+F10', 'ContextMenu'],
    run: openMenuAtSelection,
  },
];
