import { Modal } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useId, useMemo, useRef, useState, type ReactNode } from 'react';
import { fuzzyScore } from './fuzzy-score.ts';
import { Kbd } from './kbd.tsx';
import './pick-dialog.css';
import { useFocusReturn } from './use-focus-return.ts';

export interface PickItem {
  id: string;
  label: string;
  /** What it is, at the right. */
  detail?: string;
  /** Other words it is found by. */
  words?: string;
  icon?: ReactNode;
  keys?: readonly string[];
  /** Why it cannot be picked. It is listed all the same, after the others, with the reason. */
  refusal?: string | null;
  run(): void;
}

interface PickDialogProps {
  opened: boolean;
  title: string;
  placeholder: string;
  items: readonly PickItem[];
  /** What nothing being found is called: `No step is called`. */
  none?: string;
  /** Ids of what was picked lately, the last first: these stand first. */
  recent?: readonly string[];
  onClose(): void;
  onPick?(item: PickItem): void;
}

const mostShown = 60;

/** A searchable list over the page to pick one thing from: arrows move, Enter picks, Esc leaves. */
export function PickDialog(props: PickDialogProps) {
  useFocusReturn(props.opened);
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      centered={false}
      withCloseButton={false}
      padding={0}
      size={560}
      yOffset="12vh"
      returnFocus={false}
      title={props.title}
      classNames={{ content: 'pick', header: 'visually-hidden' }}
    >
      {/* Made anew at each opening: what was typed the last time is over. */}
      <PickList key={props.title} {...props} />
    </Modal>
  );
}

function PickList({ title, placeholder, items, none = 'Nothing is called', recent = [], onClose, onPick }: PickDialogProps) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const listId = useId();
  const found = useMemo(() => answers(text, items, recent), [text, items, recent]);
  const shown = found.slice(0, mostShown);
  const active = Math.min(chosen, shown.length - 1);

  // Before the dialog's own way, which is a timer later: what is typed at once is for this field, not for the page's keys.
  useEffect(() => search.current?.focus({ preventScroll: true }), []);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const pick = (item: PickItem | undefined): void => {
    if (!item || (item.refusal !== undefined && item.refusal !== null)) return;
    onPick?.(item);
    onClose();
    // After the dialog has let go of the focus: what is picked may put it elsewhere.
    requestAnimationFrame(() => item.run());
  };

  return (
    <>
      <div className="pick-search">
        <IconSearch className="ic" size={16} stroke={1.8} aria-hidden="true" />
        <input
          ref={search}
          data-autofocus
          role="combobox"
          aria-label={title}
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
          placeholder={placeholder}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={(event) => {
            const last = shown.length - 1;
            if (event.key === 'ArrowDown') setChosen(active >= last ? 0 : active + 1);
            else if (event.key === 'ArrowUp') setChosen(active <= 0 ? last : active - 1);
            else if (event.key === 'PageDown') setChosen(Math.min(last, active + 8));
            else if (event.key === 'PageUp') setChosen(Math.max(0, active - 8));
            else if (event.key === 'Enter') pick(shown[active]);
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <Kbd>Esc</Kbd>
      </div>
      <div className="pick-list" role="listbox" id={listId} aria-label={title} ref={list}>
        {shown.map((item, i) => (
          <div
            key={item.id}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === active}
            aria-disabled={(item.refusal ?? null) !== null}
            className="pick-item"
            onPointerMove={() => setChosen(i)}
            onClick={() => pick(item)}
          >
            <span className="pick-icon" aria-hidden="true">
              {item.icon}
            </span>
            <span className="grow ell">{item.label}</span>
            {item.refusal ? (
              <span className="pick-detail ell">{item.refusal}</span>
            ) : item.detail !== undefined ? (
              <span className="pick-detail ell">{item.detail}</span>
            ) : null}
            {item.keys && item.keys.length > 0 && !item.refusal ? (
              <span className="row g4">
                {item.keys.map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
              </span>
            ) : null}
          </div>
        ))}
      </div>
      {shown.length === 0 ? <p className="pick-none">{text.trim() === '' ? 'Nothing to pick from.' : `${none} “${text}”.`}</p> : null}
      {found.length > mostShown ? <p className="pick-more">{`${found.length - mostShown} more. Type on to narrow them down.`}</p> : null}
      <span className="visually-hidden" role="status">
        {found.length === 1 ? '1 result' : `${found.length} results`}
      </span>
    </>
  );
}

function answers(text: string, items: readonly PickItem[], recent: readonly string[]): PickItem[] {
  const lately = new Map(recent.map((id, i) => [id, recent.length - i]));
  const typed = text.trim();
  const scored = items.flatMap((item, place) => {
    const byLabel = fuzzyScore(typed, item.label);
    const byAll = byLabel ?? (isAbout(typed, `${item.label} ${item.words ?? ''} ${item.detail ?? ''}`) ? 0 : null);
    if (byAll === null) return [];
    const used = lately.get(item.id) ?? 0;
    const score = typed === '' ? used * 1000 : byAll + (used > 0 ? 1.5 : 0);
    return [{ item, place, score: item.refusal ? score - 1_000_000 : score }];
  });
  return scored.toSorted((a, b) => b.score - a.score || a.place - b.place).map(({ item }) => item);
}

/** In longer texts only whole beginnings of words count: letters strewn over a sentence would find everything. */
function isAbout(typed: string, text: string): boolean {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}
