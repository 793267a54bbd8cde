import { Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { standardCatalogue, type GraphNode, type Json } from '@perdure/graph';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { JsonField, readJson } from '../../components/json-field.tsx';
import { toast } from '../../components/toast.tsx';
import { frameWords, type StepRecord } from '../fold-steps.ts';
import { ReasonField } from './reason-field.tsx';
import { useDone } from './use-done.ts';

/** A person closes a step in its place: it gives what is written here and is left by the chosen port. */
export function SkipStepDialog({ id, node, step, onClose }: { id: string; node: GraphNode; step: StepRecord; onClose: () => void }) {
  const ports = portsOf(node);
  const [port, setPort] = useState<string | null>(ports[0]?.value ?? null);
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const output = readJson(text);
  const done = useDone(id, onClose);
  const skip = useMutation(
    trpc.instances.skipStep.mutationOptions({
      onSuccess: () => {
        done();
        toast({ title: `Skipped “${node.title}”` });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Skip “${node.title}”?`}
      action="Skip step"
      danger
      escape="keeps it"
      busy={skip.isPending}
      error={skip.error}
      refusal={!output.ok ? 'Correct the output first' : reason.trim() === '' ? 'Give a reason' : null}
      onAction={() => {
        if (output.ok) skip.mutate({ id, step: step.key, output: output.value, ...(port === null ? {} : { port }), reason: reason.trim() });
      }}
    >
      <p className="t2" style={{ marginBottom: 14 }}>
        {frameWords(step.frame) === '' ? 'The step' : `The step of ${frameWords(step.frame)}`} ends here and gives this output instead of
        its own. An answer that still comes is refused. This cannot be taken back.
      </p>
      <div style={{ display: 'grid', gap: 14 }}>
        <JsonField label="Output" description="JSON; empty means null. Later steps read it." value={text} onChange={setText} rows={4} />
        {ports.length > 1 ? <Select label="Leaves by" data={ports} value={port} onChange={setPort} allowDeselect={false} /> : null}
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </Dialog>
  );
}

/** The ways out somebody may choose, the normal ones first. */
function portsOf(node: GraphNode): { value: string; label: string }[] {
  const type = standardCatalogue.get(node.type);
  // A published version's config has been checked against the type's schema.
  const ports = type?.ports(node.config as Record<string, Json> as never) ?? [];
  return ports
    .filter(({ kind }) => kind !== 'inner')
    .sort((a, b) => Number(a.kind !== 'normal') - Number(b.kind !== 'normal'))
    .map(({ id, label }) => ({ value: id, label: label || id }));
}
