import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Json } from '@perdure/graph';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { JsonField, readJson } from '../../components/json-field.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { toast } from '../../components/toast.tsx';
import type { InstanceRun } from '../instance-run.ts';
import { momentData } from '../moment-data.ts';
import { ReasonField } from './reason-field.tsx';
import { useDone } from './use-done.ts';

type Values = Record<string, Json>;

/** The variables as they are now; what is changed here is set, and what is added. */
export function EditVariablesDialog({ run, onClose }: { run: InstanceRun; onClose: () => void }) {
  const { id } = run;
  const now = useQuery({
    queryKey: ['variables', id, run.head],
    queryFn: () => run.states.at(run.head, (state) => momentData(state).vars),
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
  const [typed, setTyped] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const text = typed ?? (now.data === undefined ? '' : JSON.stringify(now.data, null, 2));
  const read = readJson(text);
  const values = read.ok && isValues(read.value) ? read.value : null;
  const changed = values === null || now.data === undefined ? [] : changedNames(now.data, values);
  const removed = values === null || now.data === undefined ? [] : Object.keys(now.data).filter((name) => !Object.hasOwn(values, name));
  const done = useDone(id, onClose);
  const words = changed.length === 1 ? '1 variable' : `${changed.length} variables`;
  const set = useMutation(
    trpc.instances.setVariables.mutationOptions({
      onSuccess: () => {
        done();
        toast({ title: `Changed ${words}`, detail: changed.join(', ') });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title="Edit variables"
      action={changed.length === 0 ? 'Change' : `Change ${words}`}
      busy={set.isPending}
      error={set.error}
      size={520}
      refusal={
        values === null
          ? 'Write an object: a value by the name of each variable'
          : removed.length > 0
            ? `A variable cannot be taken away: ${removed.join(', ')}. Set it to null`
            : changed.length === 0
              ? 'Nothing is changed'
              : reason.trim() === ''
                ? 'Give a reason'
                : null
      }
      onAction={() => {
        if (values !== null)
          set.mutate({ id, values: Object.fromEntries(changed.map((name) => [name, values[name] ?? null])), reason: reason.trim() });
      }}
    >
      <p className="t2" style={{ marginBottom: 14 }}>
        Steps that come later read the new values. What is already done or under way is not changed.
      </p>
      <div style={{ display: 'grid', gap: 14 }}>
        {now.data === undefined ? (
          <Skeleton height={140} />
        ) : (
          <JsonField label="Variables" description="JSON, as they are now." value={text} onChange={setTyped} rows={7} />
        )}
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </Dialog>
  );
}

function isValues(value: Json): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function changedNames(before: Values, after: Values): string[] {
  return Object.keys(after).filter((name) => !Object.hasOwn(before, name) || JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
