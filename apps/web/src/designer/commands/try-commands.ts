import { pinnablePorts, type GraphNode } from '@perdure/graph';
import type { DesignerSession } from '../designer-session.ts';
import { togglePin } from '../trying/pin-last-output.ts';
import type { Command } from './command.ts';

const runRefusal = ({ may }: DesignerSession): string | null => {
  if (!may.start) return 'Your role may not start instances of this workflow';
  return may.edit ? null : 'Your role may not run drafts of this workflow';
};

/** A run begins at the top level. */
const beginRefusal = (designer: DesignerSession, alone: boolean): string | null => {
  const node = designer.model.selectedNode;
  if (!node) return 'Select one step';
  if (node.parent !== null) return `It is inside “${containerOf(designer, node)?.title ?? node.parent}”. Begin at that one`;
  if (node.type === 'start' && alone) return 'The start does nothing by itself. Run the draft';
  return runRefusal(designer);
};

/** Inside a container the nearest thing that can be run is the container at the top. */
function containerOf({ model }: DesignerSession, node: GraphNode): GraphNode | undefined {
  let at: GraphNode | undefined = node;
  while (at && at.parent !== null) {
    const { parent }: GraphNode = at;
    at = model.document.nodes.find(({ id }) => id === parent);
  }
  return at;
}

const open = ({ model, screen }: DesignerSession, only: boolean): void => {
  const node = model.selectedNode;
  if (node) screen.setState({ dialog: 'tryStep', tryStep: { node: node.id, only } });
};

export const tryCommands: readonly Command[] = [
  {
    id: 'try.pin',
    title: ({ model }) => (model.selectedNode?.pinned ? 'Unpin' : 'Pin the last output'),
    group: 'Try',
    words: 'pinned data freeze mock sample output',
    keys: ['P'],
    edits: true,
    menu: ['node'],
    refusal: ({ model }) => {
      const node = model.selectedNode;
      if (!node) return 'Select one step';
      return node.pinned || pinnablePorts(node).length > 0 ? null : 'This kind of step has no output to pin';
    },
    run: (designer) => void togglePin(designer),
  },
  {
    id: 'try.step',
    title: 'Run this step…',
    group: 'Try',
    words: 'single node execute test only',
    menu: ['node'],
    refusal: (designer) => beginRefusal(designer, true),
    run: (designer) => open(designer, true),
  },
  {
    id: 'try.from-here',
    title: 'Run from here…',
    group: 'Try',
    words: 'continue past run data restart test',
    menu: ['node'],
    refusal: (designer) => beginRefusal(designer, false),
    run: (designer) => open(designer, false),
  },
  {
    id: 'try.container',
    title: 'Run the container around it…',
    group: 'Try',
    words: 'single node execute test inside',
    refusal: (designer) => {
      const node = designer.model.selectedNode;
      return node && node.parent !== null ? runRefusal(designer) : 'Select one step inside a container';
    },
    run: (designer) => {
      const node = designer.model.selectedNode;
      const container = node && containerOf(designer, node);
      if (container) designer.screen.setState({ dialog: 'tryStep', tryStep: { node: container.id, only: true } });
    },
  },
  {
    id: 'try.scenarios',
    title: 'Scenarios…',
    group: 'Try',
    words: 'tests expectations check regression',
    run: ({ screen }) => screen.setState({ dialog: 'scenarios' }),
  },
];
