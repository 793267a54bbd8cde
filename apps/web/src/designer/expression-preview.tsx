import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { describeType, evaluateForPreview, type ExpressionScope } from '@perdure/expressions';
import type { Json, JsonObject } from '@perdure/graph';
import { useDeferredValue, useMemo } from 'react';
import { client } from '../api/trpc.ts';
import { JsonView } from '../components/json-view.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { unseenRead } from './expression-data.ts';
import { useInspector } from './inspector-context.ts';
import { PreviewSourceMenu } from './preview-source-menu.tsx';
import { valueMisfit, type ExpectedValue } from './value-fit.ts';

interface Shown {
  ok: boolean;
  value: Json | undefined;
  message: string;
  ms: number | null;
}

/** What fits below a field; the rest is in the data itself. */
const mostLength = 20_000;

/**
 * The result of an expression that parses, over the data at hand. What the page cannot tell at once is evaluated in the server's sandbox,
 * which stops what takes too long.
 */
export function ExpressionPreview({ source, scope, expects }: { source: string; scope: JsonObject; expects?: ExpectedValue | undefined }) {
  const settled = useDeferredValue(source);
  const { sample } = useInspector();
  // A schema tells the input alone: a result over steps that gave nothing yet would be made up.
  const unseen = useMemo(() => (sample?.origin === 'schema' ? unseenRead(settled, scope) : null), [sample, settled, scope]);
  const here = useMemo(() => evaluateHere(settled, scope), [settled, scope]);
  // A POST because of the data's size, a query because the answer only depends on what was asked.
  const asked = useQuery({
    queryKey: ['expression-preview', settled, scope],
    queryFn: here === null ? () => client.expressions.preview.mutate({ source: settled, data: scope }) : skipToken,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
  });
  const shown: Shown | null =
    here ??
    (asked.data
      ? asked.data.ok
        ? { ok: true, value: asked.data.value ?? undefined, message: '', ms: asked.data.ms }
        : { ok: false, value: undefined, message: asked.data.message, ms: null }
      : asked.error
        ? { ok: false, value: undefined, message: 'The server did not answer, so there is no preview.', ms: null }
        : null);
  if (unseen !== null)
    return (
      <div className="ds-result" role="status" aria-label="Result">
        <div className="ds-result-body">
          <span className="t3">
            No run yet: what <span className="mono">{unseen}</span> holds is known once the workflow has run.
          </span>
        </div>
      </div>
    );
  if (!shown) return null;
  const type = describeType(shown.value);
  const length = shown.value === undefined ? 0 : JSON.stringify(shown.value).length;
  const misfit = shown.ok ? valueMisfit(expects, shown.value) : null;
  return (
    <div className="ds-result" role="status" aria-label="Result">
      <div className="ds-result-head">
        <StatusIcon shape={!shown.ok ? 'failed' : misfit === null ? 'completed' : 'warning'} size={13} />
        <span className="b5">{shown.ok ? 'Result' : 'Fails with this data'}</span>
        {type === '' ? null : <span className="t3">{type}</span>}
        <span className="grow" />
        {shown.ms === null ? null : <span className="t3 num">{shown.ms < 10 ? shown.ms.toFixed(1) : Math.round(shown.ms)} ms</span>}
        <PreviewSourceMenu />
      </div>
      <div className="ds-result-body">
        {!shown.ok ? (
          <span className="ds-fault-text">{shown.message}</span>
        ) : shown.value === undefined ? (
          <span className="t3">Nothing: the path leads to no data here.</span>
        ) : length > mostLength ? (
          <>
            <span className="t3">{`${Math.round(length / 1024)} KB, of which this is the beginning.`}</span>
            <pre className="code">{`${JSON.stringify(shown.value, null, 2).slice(0, 2_000)}…`}</pre>
          </>
        ) : (
          <JsonView value={shown.value} label="Result" />
        )}
        {misfit === null ? null : <div className="ds-misfit">{misfit}</div>}
      </div>
    </div>
  );
}

/** Cheap expressions are evaluated in the page; null when only the server's sandbox can tell. */
function evaluateHere(source: string, scope: JsonObject): Shown | null {
  const begin = performance.now();
  // A sample lacks what only a running instance has: paths to it lead to nothing, which is what the preview shows.
  const result = evaluateForPreview(source, scope as unknown as ExpressionScope, { at: Date.now(), seed: 'preview' });
  const ms = performance.now() - begin;
  switch (result.state) {
    case 'value':
      return { ok: true, value: result.value, message: '', ms };
    case 'failed':
    case 'invalid':
      return { ok: false, value: undefined, message: result.message, ms };
    case 'server':
      return null;
  }
}
