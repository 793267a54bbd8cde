import { useDebouncedValue } from '@mantine/hooks';
import { IconAt, IconPaperclip } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import type { PersonName, TaskDetail } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMay } from '../api/use-me.ts';
import { Avatar } from '../components/avatar.tsx';
import { Button } from '../components/button.tsx';
import { toastError } from '../components/toast.tsx';
import { useKeys } from '../components/use-keys.ts';
import { mentionAt } from './mention-text.ts';

const SETTLE_MS = 150;
const MOST_SUGGESTIONS = 6;

/** Writes a comment. `@` and the start of a name offers who can be mentioned; files are taken by choosing or pasting them. */
export function CommentComposer({
  task,
  hidden,
  isGone,
  noFiles,
  onFiles,
}: {
  task: TaskDetail;
  hidden: boolean;
  /** The server does not know it any more. */
  isGone: boolean;
  /** Why none can be added; null: they can. */
  noFiles: string | null;
  onFiles: (files: File[]) => void;
}) {
  const [text, setText] = useState('');
  const [cursor, setCursor] = useState(0);
  const [mentioned, setMentioned] = useState<PersonName[]>([]);
  const [chosen, setChosen] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const listId = useId();
  const queries = useQueryClient();
  const mayAsk = useMay('task.decide');
  useKeys({ m: () => field.current?.focus() });

  const mention = mentionAt(text, cursor);
  const [asked] = useDebouncedValue(mention?.typed.trim() ?? null, SETTLE_MS);
  const found = useQuery(
    trpc.tasks.candidatesFor.queryOptions(
      { id: task.id, ...(asked ? { text: asked } : {}) },
      { enabled: mayAsk && mention !== null && asked !== null, placeholderData: keepPreviousData },
    ),
  );
  const people =
    mention === null || mentioned.some(({ name }) => name === mention.typed) ? [] : (found.data ?? []).slice(0, MOST_SUGGESTIONS);
  const active = Math.min(chosen, people.length - 1);

  const comment = useMutation(
    trpc.tasks.comment.mutationOptions({
      onSuccess: () => {
        setText('');
        setMentioned([]);
        void queries.invalidateQueries({ queryKey: trpc.tasks.pathKey() });
      },
      onError: (error) => {
        toastError(error);
        // What was written stays in its field; the page tells whether there is still a task to say it about.
        void queries.invalidateQueries({ queryKey: trpc.tasks.pathKey() });
      },
    }),
  );
  const send = () => {
    if (text.trim() === '' || isGone || comment.isPending) return;
    comment.mutate({
      id: task.id,
      text: text.trim(),
      mentions: [...new Set(mentioned.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id))],
    });
  };
  const write = (next: string, at: number) => {
    setText(next);
    setCursor(at);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(at, at);
    });
  };
  const take = (person: PersonName | undefined) => {
    if (!person || mention === null) return;
    const words = `@${person.name} `;
    setMentioned((before) => [...before, { id: person.id, name: person.name }]);
    write(text.slice(0, mention.from) + words + text.slice(cursor), mention.from + words.length);
  };

  return (
    <div className="comp" hidden={hidden}>
      {people.length > 0 ? (
        <div role="listbox" id={listId} aria-label="People to mention" className="people-list mentions">
          {people.map((person, at) => (
            <div
              key={person.id}
              id={`${listId}-${at}`}
              role="option"
              aria-selected={at === active}
              tabIndex={-1}
              className="person"
              onPointerDown={(event) => {
                event.preventDefault(); // The field keeps the focus.
                take(person);
              }}
            >
              <Avatar name={person.name} size="sm" />
              <span className="b5 ell">{person.name}</span>
              <span className="grow ell s12 t3">{person.email}</span>
            </div>
          ))}
        </div>
      ) : null}
      <textarea
        ref={field}
        className="comp-text"
        rows={2}
        aria-label="Write a comment"
        placeholder="Write a comment"
        maxLength={10_000}
        value={text}
        {...(people.length > 0
          ? { 'aria-autocomplete': 'list' as const, 'aria-controls': listId, 'aria-activedescendant': `${listId}-${active}` }
          : {})}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setCursor(event.currentTarget.selectionStart);
          setChosen(0);
        }}
        onSelect={(event) => setCursor(event.currentTarget.selectionStart)}
        onPaste={(event) => {
          const files = [...event.clipboardData.files];
          if (files.length === 0 || noFiles !== null) return;
          event.preventDefault();
          onFiles(files);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
          else if (people.length > 0 && event.key === 'ArrowDown') setChosen((active + 1) % people.length);
          else if (people.length > 0 && event.key === 'ArrowUp') setChosen((active + people.length - 1) % people.length);
          else if (people.length > 0 && (event.key === 'Enter' || event.key === 'Tab')) take(people[active]);
          else if (event.key === 'Escape') event.currentTarget.blur();
          else return;
          event.preventDefault();
          // Ctrl+Enter is this field's here, not the form's.
          event.stopPropagation();
        }}
      />
      <div className="row g6" style={{ marginTop: 8 }}>
        <Button
          look="ghost"
          size="sm"
          icon={<IconPaperclip className="ic" stroke={1.8} />}
          aria-label="Attach files"
          refusal={noFiles}
          onClick={() => picker.current?.click()}
        />
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            onFiles([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
        <Button
          look="ghost"
          size="sm"
          icon={<IconAt className="ic" stroke={1.8} />}
          aria-label="Mention somebody"
          onClick={() => {
            const at = text.length;
            const space = text === '' || /\s$/.test(text) ? '' : ' ';
            write(`${text}${space}@`, at + space.length + 1);
          }}
        />
        <span className="grow" />
        <Button
          size="sm"
          keys={['Ctrl', 'Enter']}
          refusal={isGone ? 'The task no longer exists' : text.trim() === '' ? 'Write something first' : null}
          busy={comment.isPending}
          onClick={send}
        >
          Comment
        </Button>
      </div>
    </div>
  );
}
