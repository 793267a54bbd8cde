import { Modal } from '@mantine/core';
import { useCallback, useLayoutEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { StatusIcon } from '../status/status-icon.tsx';
import { errorText } from '../api/describe-error.ts';
import { Button } from './button.tsx';
import { Kbd } from './kbd.tsx';
import { useFocusReturn } from './use-focus-return.ts';

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** The word on the button that does it. */
  action: string;
  onAction: () => void;
  danger?: boolean;
  busy?: boolean;
  error?: unknown;
  refusal?: string | null;
  size?: number;
  children?: ReactNode;
  /** The word on the button that leaves. */
  cancel?: string;
  /** What Esc does, in two words. */
  escape?: string;
}

/** A dialog that does one thing: title, content, Cancel and the action. Enter in a field does it, Ctrl+Enter does it from everywhere. */
export function Dialog({
  opened,
  onClose,
  title,
  action,
  onAction,
  danger = false,
  busy = false,
  error,
  refusal,
  size = 440,
  children,
  cancel = 'Cancel',
  escape,
}: DialogProps) {
  useFocusReturn(opened);
  const [form, onFocus] = useFocusKept();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (!busy && (refusal === undefined || refusal === null)) onAction();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={size} returnFocus={false}>
      <form
        ref={form}
        onFocus={onFocus}
        noValidate
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
        }}
      >
        {children}
        {error !== undefined && error !== null ? (
          <div
            className="row g6"
            role="alert"
            style={{ color: 'var(--failed)', marginTop: 12, alignItems: 'flex-start', ['--icon-cut' as string]: 'var(--raised)' }}
          >
            <span style={{ paddingTop: 3 }}>
              <StatusIcon shape="error" />
            </span>
            <span>{errorText(error)}</span>
          </div>
        ) : null}
        <div className="row g8 dlg-foot">
          {escape === undefined ? null : (
            <span className="row g6 s12 t3">
              <Kbd>Esc</Kbd>
              {escape}
            </span>
          )}
          <span className="grow" />
          <Button onClick={onClose} size="lg">
            {cancel}
          </Button>
          <Button type="submit" size="lg" look={danger ? 'kill' : 'primary'} busy={busy} refusal={refusal}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** A field that goes while it has the focus leaves it to nobody, and keys would be the page's again: it goes on at Cancel. */
function useFocusKept() {
  const form = useRef<HTMLFormElement>(null);
  const hadFocus = useRef(false);
  useLayoutEffect(() => {
    if (form.current === null) hadFocus.current = false;
    else if (hadFocus.current && document.activeElement === document.body)
      form.current.querySelector<HTMLElement>('.dlg-foot button')?.focus();
  });
  const begin = useCallback((node: HTMLFormElement | null) => {
    form.current = node;
    beginIn(node);
  }, []);
  return [begin, () => (hadFocus.current = true)] as const;
}

/** Where the dialog's focus begins: what asks for it, else the first field, else Cancel; not the button that closes it, which comes first. */
function beginIn(form: HTMLFormElement | null): void {
  if (!form || form.querySelector('[data-autofocus]')) return;
  const field = form.querySelector(
    'input:checked, input:not([type="radio"], [type="hidden"], :disabled), textarea:not(:disabled), select:not(:disabled)',
  );
  (field ?? form.querySelector('.dlg-foot button'))?.setAttribute('data-autofocus', '');
}
