import { useQuery } from '@tanstack/react-query';
import type { Me, Permission } from '@perdure/server/contract';
import { trpc } from './trpc.ts';

/** The signed-in person. Loaded once by the shell before any page shows, so `data` is there on every page. */
export function useMe() {
  return useQuery(trpc.session.me.queryOptions(undefined, { staleTime: 60_000 }));
}

/** Anywhere: for all workflows, or for some folder. */
export function useMay(permission: Permission): boolean {
  return useMe().data?.permissions.includes(permission) ?? false;
}

/** In this folder; in '', only what is held for all workflows counts. */
export function useMayIn(permission: Permission, folder: string): boolean {
  const me = useMe().data;
  return me !== undefined && mayIn(me, permission, folder);
}

export function mayIn({ grants }: Me, permission: Permission, folder: string): boolean {
  return grants.some((grant) => grant.permissions.includes(permission) && covers(grant.folder, folder));
}

/** A role held for `finance` holds in `finance/invoices`, too. */
function covers(held: string, folder: string): boolean {
  return held === '' || folder === held || folder.startsWith(`${held}/`);
}
