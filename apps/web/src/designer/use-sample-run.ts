import { useQuery } from '@tanstack/react-query';
import type { SampleData } from '@perdure/graph';
import { useMemo } from 'react';
import { trpc } from '../api/trpc.ts';
import type { SampleRun } from './expression-data.ts';
import { useDesigner, useDesignerValue } from './use-designer.ts';

/** The data previews are made with: of the last run, of a chosen one, or typed by hand. Before anything ran, what was typed. */
export function useSampleRun(): SampleRun | null {
  const { key } = useDesigner();
  const source = useDesignerValue((designer) => designer.state.getState().previewSource);
  const typed = useDesignerValue(({ model }) => model.document.sample);
  const instanceId = source.kind === 'run' ? source.instanceId : undefined;
  const run = useQuery(
    trpc.workflows.lastRun.queryOptions({ key, ...(instanceId !== undefined && { instanceId }) }, { staleTime: 30_000 }),
  ).data;
  return useMemo(() => {
    if (typed && (source.kind === 'typed' || run === null)) return typedRun(typed);
    if (!run) return null;
    return { ...run, name: source.kind === 'run' ? run.instanceId : `Last run, ${run.instanceId}` };
  }, [run, source, typed]);
}

function typedRun({ input = null, steps = {}, vars }: SampleData): SampleRun {
  return { name: 'Sample data', instanceId: null, input, steps, ...(vars && { vars }) };
}
