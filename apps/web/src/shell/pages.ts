import type { Permission } from '@perdure/server/contract';
import {
  IconAlertTriangle,
  IconDatabaseCog,
  IconInbox,
  IconLayoutDashboard,
  IconListDetails,
  IconSettings,
  IconSitemap,
  IconStack2,
  type Icon,
} from '@tabler/icons-react';
import { mayIn, useMe } from '../api/use-me.ts';
import { useMemo } from 'react';
import type { KeyGroup } from '../components/key-sheet.tsx';

/** The pages one goes to from anywhere: by the rail, by `g` and a key, by the command palette. In the order of the rail. */
const pages = [
  { to: '/dashboard', label: 'Dashboard', key: 'd', icon: IconLayoutDashboard, needs: 'instance.read' },
  { to: '/workflows', label: 'Workflows', key: 'w', icon: IconSitemap, needs: 'workflow.read' },
  { to: '/instances', label: 'Instances', key: 'r', icon: IconListDetails, needs: 'instance.read' },
  // Entities belong to no folder.
  { to: '/entities', label: 'Entities', key: 'e', icon: IconDatabaseCog, needs: 'instance.read', everywhere: true },
  { to: '/inbox', label: 'Inbox', key: 'i', icon: IconInbox, needs: 'task.read' },
  { to: '/incidents', label: 'Incidents', key: 'n', icon: IconAlertTriangle, needs: 'instance.read' },
  { to: '/jobs', label: 'Jobs', key: 'j', icon: IconStack2, needs: 'instance.read' },
  { to: '/settings', label: 'Settings', key: 's', icon: IconSettings, needs: null },
] as const;

export interface Page {
  to: (typeof pages)[number]['to'];
  label: string;
  /** After `g`. */
  key: string;
  icon: Icon;
  needs: Permission | null;
  /** What it needs must be held for all workflows. */
  everywhere?: true;
}

/** Those the signed-in person may open. */
export function usePages(): readonly Page[] {
  const me = useMe().data;
  return useMemo(
    () =>
      pages.filter(({ needs, everywhere }: Page) => {
        if (needs === null || me === undefined) return needs === null;
        return everywhere === true ? mayIn(me, needs, '') : me.permissions.includes(needs);
      }),
    [me],
  );
}

export function goKeys(shown: readonly Page[]): KeyGroup {
  return { group: 'Pages', rows: shown.map(({ key, label }) => [[['G', key.toUpperCase()]], `Go to ${label.toLowerCase()}`]) };
}
