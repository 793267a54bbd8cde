import { useQuery } from '@tanstack/react-query';
import { schemaValues, type Json, type SampleData } from '@perdure/graph';
import { useMemo } from 'react';
import { trpc } from '../api/trpc.ts';
import type { SampleRun } from './expression-data.ts';
import { inputSchema } from './input-schema.ts';
import { useDesigner, useDesignerValue } from './use-designer.ts';

/**
 * The data previews are made with: of the last run, of a chosen one, or typed by hand. Before anything ran, what was typed, else the values
 * that the input schema itself gives.
 */
export function useSampleRun(): SampleRun | null {
  const { key } = useDesigner();
  const source = useDesignerValue((designer) => designer.state.getState().previewSource);
  const typed = useDesignerValue(({ model }) => model.document.sample);
  const ofSchema = useDesignerValue(({ model }) => inputSchema(model.document));
  const instanceId = source.kind === 'run' ? source.instanceId : undefined;
  const run = useQuery(
    trpc.workflows.lastRun.queryOptions({ key, ...(instanceId !== undefined && { instanceId }) }, { staleTime: 30_000 }),
  ).data;
  return useMemo(() => {
    if (typed && (source.kind === 'typed' || run === null)) return typedRun(typed);
    if (run === null) return schemaRun(ofSchema);
    if (run === undefined) return null;
    return { ...run, origin: 'run', name: source.kind === 'run' ? run.instanceId : `Last run, ${run.instanceId}` };
  }, [ofSchema, run, source, typed]);
}

function typedRun({ input = null, steps = {}, vars }: SampleData): SampleRun {
  return { name: 'Sample data', origin: 'typed', instanceId: null, input, steps, ...(vars && { vars }) };
}

function schemaRun(schema: Json): SampleRun | null {
  const input = schemaValues(schema);
  return input === undefined ? null : { name: 'From the schema', origin: 'schema', instanceId: null, input, steps: {} };
}
