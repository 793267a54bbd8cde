import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isPayloadRef, type Json } from '@perdure/graph';
import { errorText } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { bytesText } from '../components/bytes-text.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { JsonView } from '../components/json-view.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useWholeValue } from './use-whole-value.ts';

/** A value with its name and size. Large values are kept apart by the server and fetched when asked for. */
export function DataBlock({
  title,
  value,
  instanceId,
  none,
}: {
  title: string;
  value: Json | undefined;
  instanceId: string;
  none: string;
}) {
  const whole = useWholeValue(instanceId, value);
  if (whole === 'loading')
    return (
      <section className="io" aria-label={title}>
        <div className="ioh">
          <h3>{title}</h3>
        </div>
        <div className="iob">
          <Skeleton width="60%" />
        </div>
      </section>
    );
  return <KnownBlock title={title} value={whole.value} instanceId={instanceId} none={none} />;
}

function KnownBlock({ title, value, instanceId, none }: { title: string; value: Json | undefined; instanceId: string; none: string }) {
  return (
    <section className="io" aria-label={title}>
      <div className="ioh">
        <h3>{title}</h3>
        {value === undefined ? null : (
          <span className="t3 s12 num">{isPayloadRef(value) ? bytesText(value.bytes) : bytesText(byteLength(value))}</span>
        )}
        <span className="grow" />
        {value === undefined || isPayloadRef(value) ? null : (
          <CopyButton text={() => JSON.stringify(value, null, 2)} label={`Copy ${title.toLowerCase()}`} />
        )}
      </div>
      <div className="iob">
        {value === undefined ? (
          <span className="none">{none}</span>
        ) : isPayloadRef(value) ? (
          <StoredApart instanceId={instanceId} hash={value.$payload} title={title} />
        ) : (
          <JsonView value={value} label={title} />
        )}
      </div>
    </section>
  );
}

function StoredApart({ instanceId, hash, title }: { instanceId: string; hash: string; title: string }) {
  const [wanted, setWanted] = useState(false);
  const payload = useQuery(trpc.instances.payload.queryOptions({ id: instanceId, hash }, { enabled: wanted, staleTime: Infinity }));
  if (payload.data !== undefined) return <JsonView value={payload.data} label={title} />;
  if (payload.isError) return <span role="alert">{errorText(payload.error)}</span>;
  return (
    <button type="button" className="plain lnk s12" onClick={() => setWanted(true)}>
      {wanted ? 'Loading…' : 'Load this large value'}
    </button>
  );
}

function byteLength(value: Json): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
