import { NativeSelect, TextInput } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { entityKinds, entityNamePattern, entityNameRule, type EntityKind, type Json } from '@perdure/graph';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { Dialog } from '../components/dialog.tsx';
import { suggestKey } from '../workflows-page/suggest-key.ts';
import { draftDocument, freshDraft } from './entity-type-draft.ts';

/** Saves version 1 at once; the page of the type is where it is worked out. */
export function NewEntityTypeDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [title, setTitle] = useState('');
  const [typed, setTyped] = useState<string | null>(null);
  const [kind, setKind] = useState<EntityKind>('counter');
  const save = useMutation(
    trpc.entityTypes.save.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: trpc.entityTypes.pathKey() });
        void navigate({ to: '/entity-types/$name', params: { name } });
      },
    }),
  );
  const name = typed ?? suggestKey(title).replace(/^[^a-z]+/, '');
  const description = entityKinds.find((one) => one.kind === kind)?.description;
  return (
    <Dialog
      opened
      onClose={onClose}
      title="New entity type"
      action="Create"
      busy={save.isPending}
      error={save.error}
      refusal={title.trim() === '' ? 'Give it a title' : entityNamePattern.test(name) ? null : 'Give it a name that can be used'}
      onAction={() => {
        const document: Json = draftDocument(freshDraft(kind));
        save.mutate({ name, baseVersion: null, title: title.trim(), document });
      }}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <TextInput label="Title" value={title} onChange={(event) => setTitle(event.currentTarget.value)} data-autofocus maxLength={120} />
        <TextInput
          label="Name"
          description="Workflows and the API call it by this name. It stays as it is."
          value={name}
          error={name !== '' && !entityNamePattern.test(name) ? entityNameRule : null}
          onChange={(event) => setTyped(event.currentTarget.value)}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
        />
        <NativeSelect
          label="Kind"
          description={description}
          rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
          data={entityKinds.map((one) => ({ value: one.kind, label: one.label }))}
          value={kind}
          // The options are the kinds.
          onChange={(event) => setKind(event.currentTarget.value as EntityKind)}
        />
      </div>
    </Dialog>
  );
}
