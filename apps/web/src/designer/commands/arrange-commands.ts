import { alignNodes, arrangeRefusal, distributeNodes, type AlignTo, type DistributeAlong } from '../arrange-nodes.ts';
import type { DesignerSession } from '../designer-session.ts';
import { groupSelection, ungroupSelection } from '../regroup.ts';
import { tidyDocument, tidySelection } from '../tidy-document.ts';
import type { Command } from './command.ts';
import { nothingSelected } from './edit-commands.ts';

const sides: readonly { to: AlignTo; title: string }[] = [
  { to: 'left', title: 'Align left' },
  { to: 'centre', title: 'Align centres' },
  { to: 'right', title: 'Align right' },
  { to: 'top', title: 'Align top' },
  { to: 'middle', title: 'Align middles' },
  { to: 'bottom', title: 'Align bottom' },
];
const ways: readonly DistributeAlong[] = ['horizontally', 'vertically'];

const arrangeable =
  (least: number) =>
  ({ model }: DesignerSession): string | null =>
    arrangeRefusal(model.document, model.selection, least);

export const arrangeCommands: readonly Command[] = [
  ...sides.map(({ to, title }): Command => ({
    id: `arrange.align-${to}`,
    title,
    group: 'Arrange',
    words: 'line up',
    edits: true,
    refusal: arrangeable(2),
    run: ({ model }) => model.change(title, (document) => alignNodes(document, model.selection, to)),
  })),
  ...ways.map((along): Command => ({
    id: `arrange.distribute-${along}`,
    title: `Distribute ${along}`,
    group: 'Arrange',
    words: 'space evenly gap',
    edits: true,
    refusal: arrangeable(3),
    run: ({ model }) => model.change('Distribute', (document) => distributeNodes(document, model.selection, along)),
  })),
  {
    id: 'arrange.tidy',
    title: 'Tidy everything',
    group: 'Arrange',
    words: 'layout arrange clean up order',
    edits: true,
    menu: ['canvas'],
    refusal: ({ state }) => (state.getState().tidying ? 'Tidying' : null),
    run: (designer) => void tidyDocument(designer),
  },
  {
    id: 'arrange.tidy-selection',
    title: 'Tidy the selection',
    group: 'Arrange',
    words: 'layout arrange clean up order',
    edits: true,
    menu: ['selection'],
    refusal: (designer) => (designer.state.getState().tidying ? 'Tidying' : nothingSelected('Select the nodes to tidy')(designer)),
    run: (designer) => void tidySelection(designer),
  },
  {
    id: 'arrange.group',
    title: 'Group…',
    group: 'Arrange',
    words: 'container scope for each loop wrap',
    keys: ['Mod+Shift+G'],
    edits: true,
    menu: ['node', 'selection'],
    refusal: nothingSelected('Select the nodes to group'),
    run: groupSelection,
  },
  {
    id: 'arrange.ungroup',
    title: 'Ungroup',
    group: 'Arrange',
    words: 'container take out unwrap',
    edits: true,
    menu: ['node'],
    refusal: ({ model }) => (model.selectedContainer ? null : 'Select one container'),
    run: ungroupSelection,
  },
];
