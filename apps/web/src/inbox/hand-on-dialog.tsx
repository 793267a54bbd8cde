import { Select, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { PersonName, TaskDetail } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { toast } from '../components/toast.tsx';
import { PersonPicker } from './person-picker.tsx';

/** Gives the task to somebody: who holds it delegates, who may assign tasks assigns. */
export function HandOnDialog({
  task,
  holds,
  onClose,
  onDone,
}: {
  task: TaskDetail;
  holds: boolean;
  onClose: () => void;
  onDone: () => void;
}) {
  const [to, setTo] = useState<PersonName | null>(null);
  const [from, setFrom] = useState<string | null>(task.holders[0]?.id ?? null);
  const [note, setNote] = useState('');
  const done = () => {
    toast({ title: `${holds ? 'Delegated' : 'Assigned'} to ${to?.name ?? ''}`, detail: task.title });
    onDone();
  };
  const delegate = useMutation(trpc.tasks.delegate.mutationOptions({ onSuccess: done }));
  const assign = useMutation(trpc.tasks.assign.mutationOptions({ onSuccess: done }));
  const act = holds ? delegate : assign;
  const words = note.trim() === '' ? {} : { note: note.trim() };
  const verb = holds ? 'Delegate' : task.holders.length > 0 ? 'Reassign' : 'Assign';
  // Under a quorum several hold it: one of them gives up the seat, unless there is a free one.
  const asksWhose = !holds && task.holders.length > 0;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`${verb}: ${task.title}`}
      action={to === null ? verb : `${verb} to ${to.name}`}
      refusal={to === null ? 'Choose who gets it' : null}
      busy={act.isPending}
      error={act.error}
      onAction={() => {
        if (to === null) return;
        if (holds) delegate.mutate({ id: task.id, to: to.id, ...words });
        else assign.mutate({ id: task.id, to: to.id, ...(asksWhose && from !== null ? { from } : {}), ...words });
      }}
    >
      <p className="t2" style={{ marginBottom: 12 }}>
        {holds ? 'It leaves your list and goes to theirs. They are told.' : 'It goes to their list. They are told.'}
      </p>
      <PersonPicker taskId={task.id} label={`${verb} to`} chosen={to} onChoose={setTo} />
      {asksWhose && task.holders.length > 1 ? (
        <Select
          mt={14}
          label="In place of"
          data={task.holders.map(({ id, name }) => ({ value: id, label: name }))}
          value={from}
          onChange={setFrom}
          allowDeselect={false}
        />
      ) : null}
      <Textarea
        mt={14}
        label={
          <>
            Note <span className="t3 b4">for them, kept in the audit trail</span>
          </>
        }
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2_000}
      />
    </Dialog>
  );
}
