import { useQueryClient } from '@tanstack/react-query';
import { trpc } from '../../api/trpc.ts';

/** After something was done to an instance: its page and the lists read it anew. */
export function useDone(id: string, onClose: () => void): () => void {
  const queries = useQueryClient();
  return () => {
    onClose();
    void queries.invalidateQueries({ queryKey: trpc.instances.get.queryKey({ id }) });
    void queries.invalidateQueries({ queryKey: trpc.instances.list.queryKey() });
  };
}
