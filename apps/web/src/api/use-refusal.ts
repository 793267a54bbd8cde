/**
 * Why a button is disabled for lack of rights: roles are held for all workflows or for a folder of them, so the question is always about the
 * folder of what the button acts on. The server decides by the same grants (apps/server/src/auth/reach.ts).
 */
import type { Me } from '@perdure/server/contract';
import { mayIn, useMe } from './use-me.ts';

export type Deed = keyof typeof deeds;

/** What is seen of it, what may not be done, and what is said to somebody who may do it nowhere. */
const deeds = {
  'workflow.edit': { seen: 'workflows', not: 'change', nowhere: 'Your role may not change workflows' },
  'workflow.publish': { seen: 'workflows', not: 'publish', nowhere: 'Your role may not publish' },
  'instance.start': { seen: 'workflows', not: 'start', nowhere: 'Your role may not start instances' },
  'instance.operate': { seen: 'instances', not: 'operate', nowhere: 'Your role may not operate instances' },
  'instance.purge': { seen: 'instances', not: 'purge', nowhere: 'Your role may not purge instances' },
} as const;

/** Null: they may. `folder` '': what is in no folder; null: it may be in any, and they may somewhere. */
export function useRefusal(deed: Deed, folder: string | null): string | null {
  return useRefusals(deed)(folder);
}

/** The same for the rows of a list. */
export function useRefusals(deed: Deed): (folder: string | null) => string | null {
  const me = useMe().data;
  return (folder) => (me === undefined ? deeds[deed].nowhere : refusalIn(me, deed, folder));
}

export function refusalIn(me: Me, deed: Deed, folder: string | null): string | null {
  const { seen, not, nowhere } = deeds[deed];
  if (!me.permissions.includes(deed)) return nowhere;
  if (folder === null || mayIn(me, deed, folder)) return null;
  return `You may look at ${seen} ${folder === '' ? 'outside of folders' : `in ${folder}`}, not ${not} them`;
}

/** Entities belong to no folder: only a role for all workflows will do. `nowhere`: for those who may do it nowhere. */
export function useRefusalOnEntities(deed: Deed, nowhere: string): string | null {
  const me = useMe().data;
  if (me === undefined || !me.permissions.includes(deed)) return nowhere;
  return mayIn(me, deed, '') ? null : `${nowhere}: entities belong to no folder, and it is for one`;
}
