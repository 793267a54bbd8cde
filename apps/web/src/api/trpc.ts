import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createTRPCClient, createWSClient, httpBatchLink, splitLink, wsLink } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { AppRouter } from '@perdure/server/router';
import { connection } from './connection.ts';
import { describeError } from './describe-error.ts';

/**
 * The one way to the server. Queries and mutations travel as batched HTTP, counts of instances in batches of their own, so that no rows wait for
 * them; subscriptions over a single WebSocket per tab, opened by the first subscription and reopened after a loss (250 ms, doubling, 8 s at most).
 */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEndedSession }),
  mutationCache: new MutationCache({ onError: noticeEndedSession }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // A refusal stays a refusal: only failures of the line or of the server are worth another try.
      retry: (count, error) => count < 3 && describeError(error).transient,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});

const socket = createWSClient({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/trpc`,
  retryDelayMs: (attempt) => Math.min(8_000, 250 * 2 ** attempt),
  keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 8_000 },
  lazy: { enabled: true, closeMs: 30_000 },
  onOpen: () => connection.opened(),
  onClose: (cause) => connection.closed(cause?.code),
});

/** A batch is answered when all of it is. */
const batches = () => httpBatchLink<AppRouter>({ url: '/trpc', maxURLLength: 4_000 });

export const client = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: wsLink<AppRouter>({ client: socket }),
      false: splitLink({ condition: ({ path }) => path === 'instances.count', true: batches(), false: batches() }),
    }),
  ],
});

/** Query, mutation and subscription options for TanStack Query: `useQuery(trpc.instances.get.queryOptions({ id }))`. */
export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });

/** Whichever request is the first to hear that nobody is signed in: the shell asks who is, and says it once for the whole page. */
export function noticeEndedSession(error: unknown): void {
  if (describeError(error).code !== 'auth.required') return;
  const queryKey = trpc.session.me.queryKey();
  if (queryClient.getQueryState(queryKey)?.status === 'success') void queryClient.invalidateQueries({ queryKey });
}
