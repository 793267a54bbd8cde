import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDebouncedValue } from '@mantine/hooks';
import { useId, useState } from 'react';
import type { PersonName, TaskCandidate } from '@perdure/server/contract';
import { errorText } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { Avatar } from '../components/avatar.tsx';

const SETTLE_MS = 150;

/** One person out of those who may get the task. Arrows choose, as does a click; who cannot get it says why. */
export function PersonPicker({
  taskId,
  label,
  chosen,
  onChoose,
}: {
  taskId: string;
  label: string;
  chosen: PersonName | null;
  onChoose: (person: PersonName | null) => void;
}) {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), SETTLE_MS);
  const found = useQuery(
    trpc.tasks.candidatesFor.queryOptions({ id: taskId, ...(asked === '' ? {} : { text: asked }) }, { placeholderData: keepPreviousData }),
  );
  const listId = useId();
  const people = found.data ?? [];
  const free = people.filter(({ refusal }) => refusal === null);
  const step = (by: number) => {
    const at = free.findIndex(({ id }) => id === chosen?.id);
    const next = free[at === -1 ? (by > 0 ? 0 : free.length - 1) : (at + by + free.length) % free.length];
    if (next) onChoose(next);
  };
  const optionId = (person: TaskCandidate): string => `${listId}-${person.id}`;
  return (
    <div className="people">
      <label className="label" htmlFor={`${listId}-text`}>
        {label}
      </label>
      <div className="input" style={{ height: 32 }}>
        <input
          id={`${listId}-text`}
          data-autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={chosen === null ? undefined : `${listId}-${chosen.id}`}
          placeholder="Name or e-mail address"
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            onChoose(null);
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') step(1);
            else if (event.key === 'ArrowUp') step(-1);
            // The first that fits; once somebody is chosen, Enter is the dialog's.
            else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && chosen === null && free[0]) onChoose(free[0]);
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <div role="listbox" id={listId} aria-label={label} className="people-list">
        {people.map((person) => (
          <div
            key={person.id}
            id={optionId(person)}
            role="option"
            aria-selected={person.id === chosen?.id}
            aria-disabled={person.refusal !== null}
            tabIndex={-1}
            className="person"
            onClick={() => {
              if (person.refusal === null) onChoose(person);
            }}
            onKeyDown={() => {}}
          >
            <Avatar name={person.name} size="sm" />
            <span className="b5 ell">{person.name}</span>
            <span className="grow ell s12 t3">{person.refusal ?? person.email}</span>
          </div>
        ))}
      </div>
      {found.isError ? (
        <p className="s12 t3" role="alert">
          {errorText(found.error)}
        </p>
      ) : found.data && free.length === 0 ? (
        <p className="s12 t3" role="status">
          {asked === '' ? 'There is nobody else who may decide it.' : `Nobody who may decide it is called “${asked}”.`}
        </p>
      ) : null}
    </div>
  );
}
