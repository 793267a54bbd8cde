import { TextInput } from '@mantine/core';
import { IconCalendar } from '@tabler/icons-react';
import { useRef, type Ref } from 'react';
import { Button } from '../components/button.tsx';
import { tidiedDuration, timeHint } from './duration-hint.ts';

/** A time span, or a moment where one may stand: what it comes to is said below, and words are written the short way when it is left. */
export function TimeInput({
  label,
  description,
  hideLabel = false,
  value,
  onChange,
  orMoment = false,
  error,
  placeholder,
  inputRef,
  onFocus,
}: {
  label: string;
  description?: string | undefined;
  hideLabel?: boolean;
  value: string;
  onChange(text: string): void;
  orMoment?: boolean;
  error?: string | undefined;
  placeholder?: string | undefined;
  inputRef?: Ref<HTMLInputElement>;
  onFocus?(): void;
}) {
  const picker = useRef<HTMLInputElement>(null);
  const hint = timeHint(value, orMoment, new Date());
  const tidied = tidiedDuration(value);
  // What is about to be written the short way is no fault to tell of.
  const fault = hint?.ok === false && tidied !== null ? hint.text : (error ?? (hint?.ok === false ? hint.text : undefined));
  return (
    <div className="ds-time">
      <TextInput
        size="sm"
        ref={inputRef}
        {...(hideLabel ? { 'aria-label': label } : { label })}
        description={description}
        value={value}
        placeholder={placeholder ?? (orMoment ? '2h, or a moment' : '30s, 5m, 2h, 1d')}
        error={fault}
        onFocus={onFocus}
        onChange={(event) => onChange(event.currentTarget.value)}
        onBlur={() => {
          if (tidied !== null) onChange(tidied);
        }}
        {...(orMoment && {
          rightSection: (
            <Button
              look="ghost"
              size="sm"
              icon={<IconCalendar className="ic" aria-hidden="true" />}
              aria-label={`Pick a moment for ${label}`}
              onClick={() => picker.current?.showPicker()}
            />
          ),
        })}
      />
      {orMoment ? (
        <input
          ref={picker}
          type="datetime-local"
          className="ds-time-picker"
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => {
            const picked = new Date(event.currentTarget.value);
            if (!Number.isNaN(picked.getTime())) onChange(picked.toISOString().replace(/\.\d+Z$/, 'Z'));
          }}
        />
      ) : null}
      {hint?.ok && error === undefined ? <div className="ds-field-help">{hint.text}</div> : null}
    </div>
  );
}
