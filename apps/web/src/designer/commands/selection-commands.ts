import { portsOf, standardCatalogue } from '@perdure/graph';
import { findNodeType, openQuickAdd, openSettings, rename } from '../node-actions.ts';
import { connectSelected, disconnectSelected, moveSelectionInto } from '../wire-actions.ts';
import { nothingSelected } from './edit-commands.ts';
import type { Command } from './command.ts';

export const selectionCommands: readonly Command[] = [
  {
    id: 'node.add',
    title: ({ model }) => (model.selectedNode ? 'Add after this node…' : 'Add a node…'),
    group: 'Selection',
    words: 'new insert step',
    keys: ['Tab', 'A'],
    keysIn: 'canvas',
    edits: true,
    menu: ['canvas', 'node'],
    run: openQuickAdd,
  },
  {
    id: 'node.find-type',
    title: 'Find a node to add',
    group: 'Selection',
    words: 'palette types search',
    keys: ['/'],
    edits: true,
    run: findNodeType,
  },
  {
    id: 'node.open',
    title: 'Open settings',
    group: 'Selection',
    words: 'inspector edit configure',
    keys: ['Enter'],
    keysIn: 'canvas',
    menu: ['node'],
    refusal: ({ model }) => (model.selectedNode ? null : 'Select one node'),
    run: openSettings,
  },
  {
    id: 'node.rename',
    title: ({ model }) => (model.selectedNote === null ? 'Rename' : 'Edit note'),
    group: 'Selection',
    words: 'title name',
    keys: ['F2'],
    edits: true,
    menu: ['node', 'note'],
    refusal: ({ model }) => (model.selectedNode || model.selectedNote ? null : 'Select one node or note'),
    run: rename,
  },
  {
    id: 'node.disable',
    title: ({ model: { document, selection } }) =>
      selection.nodes.size > 0 && document.nodes.every(({ id, disabled }) => disabled || !selection.nodes.has(id)) ? 'Enable' : 'Disable',
    group: 'Selection',
    words: 'skip turn off on enable',
    keys: ['D'],
    edits: true,
    menu: ['node', 'selection'],
    refusal: (designer) => {
      const { document, selection } = designer.model;
      return (
        nothingSelected('Select nodes to disable')(designer) ??
        (document.nodes.every(({ id, type }) => type === 'start' || !selection.nodes.has(id)) ? 'A start cannot be disabled' : null)
      );
    },
    run: ({ model }) => model.toggleDisabled(),
  },
  {
    id: 'node.connect',
    title: 'Connect to…',
    group: 'Selection',
    words: 'wire edge link',
    keys: ['C'],
    edits: true,
    menu: ['node'],
    refusal: ({ model }) =>
      !model.selectedNode ? 'Select one node' : portsOf(model.selectedNode).length === 0 ? 'Nothing follows this node' : null,
    run: connectSelected,
  },
  {
    id: 'node.disconnect',
    title: 'Remove an edge…',
    group: 'Selection',
    words: 'disconnect wire link',
    edits: true,
    menu: ['node'],
    refusal: ({ model: { document, selectedNode } }) =>
      !selectedNode
        ? 'Select one node'
        : document.edges.some(({ source, target }) => source === selectedNode.id || target === selectedNode.id)
          ? null
          : 'This node has no edge',
    run: disconnectSelected,
  },
  {
    id: 'node.move-into',
    title: 'Move into…',
    group: 'Selection',
    words: 'container out of parent',
    keys: ['M'],
    edits: true,
    menu: ['node', 'selection'],
    refusal: (designer) => {
      const { document } = designer.model;
      return (
        nothingSelected('Select the nodes to move')(designer) ??
        (document.nodes.some(({ type }) => standardCatalogue.get(type)?.container) ? null : 'This workflow has no container')
      );
    },
    run: moveSelectionInto,
  },
  {
    id: 'select.all',
    title: 'Select all',
    group: 'Selection',
    keys: ['Mod+A'],
    menu: ['canvas'],
    run: ({ model }) => model.selectAll(),
  },
  {
    id: 'select.none',
    title: 'Select nothing',
    group: 'Selection',
    words: 'deselect clear',
    keys: ['Escape'],
    run: ({ model }) => model.selectNode(null),
  },
];
