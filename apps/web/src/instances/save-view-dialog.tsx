import { Checkbox, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SavedView } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMe } from '../api/use-me.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { FILTER_KEYS, type InstanceSearch } from './instance-search.ts';

/** Keeps the list's filters under a name, as a tab. */
export function SaveViewDialog({
  opened,
  view,
  search,
  onClose,
  onSaved,
  onRemoved,
}: {
  opened: boolean;
  /** The one that is open. */
  view: SavedView | undefined;
  search: InstanceSearch;
  onClose: () => void;
  onSaved: (id: string) => void;
  onRemoved: () => void;
}) {
  const me = useMe().data?.user.id;
  const own = view !== undefined && view.owner.id === me ? view : undefined;
  const [name, setName] = useState(own?.name ?? '');
  const [shared, setShared] = useState(own?.shared ?? false);
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: trpc.views.pathKey() });
  const save = useMutation(
    trpc.views.save.mutationOptions({
      async onSuccess({ id }) {
        await refresh();
        onClose();
        onSaved(id);
      },
    }),
  );
  const remove = useMutation(
    trpc.views.remove.mutationOptions({
      async onSuccess() {
        await refresh();
        onClose();
        onRemoved();
      },
    }),
  );
  const kept = Object.fromEntries(
    [...FILTER_KEYS, 'view' as const].flatMap((key) => (search[key] === undefined ? [] : [[key, search[key]]])),
  );
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={own === undefined ? 'Save these filters as a view' : 'Edit the view'}
      action={own === undefined ? 'Save view' : 'Save'}
      busy={save.isPending}
      error={save.error ?? remove.error}
      refusal={name.trim() === '' ? 'Give it a name' : null}
      onAction={() => save.mutate({ ...(own === undefined ? {} : { id: own.id }), name: name.trim(), shared, search: kept })}
    >
      {view !== undefined && own === undefined ? (
        <p className="t2" style={{ marginBottom: 12 }}>
          “{view.name}” is {view.owner.name}’s. This makes a view of your own.
        </p>
      ) : null}
      <TextInput label="Name" value={name} maxLength={60} data-autofocus onChange={(event) => setName(event.currentTarget.value)} />
      <Checkbox mt={12} checked={shared} label="Everybody sees it" onChange={(event) => setShared(event.currentTarget.checked)} />
      {own === undefined ? null : (
        <Button
          type="button"
          look="danger"
          size="sm"
          style={{ marginTop: 16 }}
          busy={remove.isPending}
          onClick={() => remove.mutate({ id: own.id })}
        >
          Delete the view
        </Button>
      )}
    </Dialog>
  );
}
