import { useQuery } from '@tanstack/react-query';
import type { Permission } from '@perdure/server/contract';
import { trpc } from './trpc.ts';

/** The signed-in person. Loaded once by the shell before any page shows, so `data` is there on every page. */
export function useMe() {
  return useQuery(trpc.session.me.queryOptions(undefined, { staleTime: 60_000 }));
}

export function useMay(permission: Permission): boolean {
  return useMe().data?.permissions.includes(permission) ?? false;
}
