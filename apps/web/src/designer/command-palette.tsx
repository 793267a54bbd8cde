import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  IconArrowRight,
  IconArrowsMove,
  IconEye,
  IconLayoutAlignLeft,
  IconPencil,
  IconPlayerPlay,
  IconPlus,
  IconPointer,
  IconSitemap,
  type Icon,
} from '@tabler/icons-react';
import { standardCatalogue } from '@perdure/graph';
import { useMemo, useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { PickDialog, type PickItem } from '../components/pick-dialog.tsx';
import { usePages } from '../shell/pages.ts';
import { refusalOf, titleOf, type CommandGroup } from './commands/command.ts';
import { commands } from './commands/registry.ts';
import { keyNames } from './commands/shortcut.ts';
import type { DesignerSession } from './designer-session.ts';
import { pickNode } from './node-actions.ts';
import { nodeItems } from './pick-nodes.tsx';
import { addNode } from './place-node.ts';
import { readRecent, rememberRecent } from './recent.ts';
import { useDesigner } from './use-designer.ts';

/** Everything by name: commands, node types to add, steps to go to, other workflows and pages. */
export function CommandPalette({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const designer = useDesigner();
  const navigate = useNavigate();
  const pages = usePages();
  const workflows = useQuery({ ...trpc.workflows.list.queryOptions({}), enabled: opened, staleTime: 30_000 });
  const [recent, setRecent] = useState(() => readRecent('commands'));
  // Read when it opens: nothing of the workflow changes while it is open.
  const own = useMemo(() => (opened ? ownItems(designer) : []), [designer, opened]);
  const items = useMemo<PickItem[]>(
    () => [
      ...own,
      ...(workflows.data ?? [])
        .filter(({ key }) => key !== designer.key)
        .map(({ key, title }) => ({
          id: `workflow:${key}`,
          label: title,
          detail: 'Workflow',
          words: key,
          icon: <IconSitemap size={15} stroke={1.8} />,
          run: () => void navigate({ to: '/workflows/$key', params: { key } }),
        })),
      ...pages.map(({ to, label, key }) => ({
        id: `page:${to}`,
        label,
        detail: 'Page',
        words: 'go to',
        keys: ['G', key.toUpperCase()],
        icon: <IconArrowRight size={15} stroke={1.8} />,
        run: () => void navigate({ to }),
      })),
    ],
    [designer.key, navigate, own, pages, workflows.data],
  );
  return (
    <PickDialog
      opened={opened}
      title="Commands"
      placeholder="Do, add or go to…"
      none="No command, step or workflow is called"
      items={items}
      recent={recent}
      onClose={onClose}
      onPick={({ id }) => setRecent(rememberRecent('commands', id))}
    />
  );
}

function ownItems(designer: DesignerSession): PickItem[] {
  const acts = commands
    .filter(({ keysOnly, id }) => !keysOnly && id !== 'view.commands')
    .map((command): PickItem => ({
      id: command.id,
      label: titleOf(command, designer),
      detail: command.group,
      icon: groupIcon(command.group),
      ...(command.words !== undefined && { words: command.words }),
      keys: command.keys?.[0] === undefined ? [] : keyNames(command.keys[0]),
      refusal: refusalOf(command, designer),
      run: () => command.run(designer),
    }));
  const hasStart = designer.model.document.nodes.some(({ type }) => standardCatalogue.get(type)?.hasInput === false);
  const adds = standardCatalogue.types.map((type): PickItem => ({
    id: `add:${type.key}`,
    label: `Add ${type.label}`,
    words: `${type.category} ${type.description}`,
    detail: 'Node',
    icon: <IconPlus size={15} stroke={1.8} />,
    refusal: !designer.may.edit
      ? 'Your role may look at this workflow, not change it'
      : !type.hasInput && hasStart
        ? 'A workflow has one start'
        : null,
    run: () => addNode(designer, type),
  }));
  const steps = nodeItems(designer, designer.model.document.nodes, (node) => pickNode(designer, node.id));
  return [...acts, ...adds, ...steps];
}

const groupIcons: Readonly<Record<CommandGroup, Icon>> = {
  Edit: IconPencil,
  Selection: IconPointer,
  Arrange: IconLayoutAlignLeft,
  Move: IconArrowsMove,
  View: IconEye,
  Try: IconPlayerPlay,
  Workflow: IconSitemap,
};

function groupIcon(group: CommandGroup) {
  const Drawn = groupIcons[group];
  return <Drawn size={15} stroke={1.8} />;
}
