import { IconCloudCheck, IconCloudOff, IconCloudUp } from '@tabler/icons-react';
import type { DraftStatus } from './draft-saver.ts';

/** Beside the title: how the draft stands. */
export function SaveMark({ status, onConflict }: { status: DraftStatus; onConflict(): void }) {
  const words = wordsOf(status);
  const Shape = status.state === 'saved' ? IconCloudCheck : status.state === 'saving' ? IconCloudUp : IconCloudOff;
  const isBad = status.state === 'refused' || status.state === 'conflict';
  return (
    <span
      className={`ds-save ${isBad ? 'bad' : status.state === 'offline' ? 'warn' : ''}`}
      role="status"
      aria-live="polite"
      aria-label="Draft"
    >
      <Shape className="ic" size={15} stroke={1.8} aria-hidden="true" />
      {status.state === 'conflict' ? (
        <button type="button" className="plain lnk" onClick={onConflict}>
          {words}
        </button>
      ) : (
        <span className="ell" title={words}>
          {words}
        </span>
      )}
    </span>
  );
}

function wordsOf(status: DraftStatus): string {
  switch (status.state) {
    case 'saved':
      return `Saved ${clock(status.at)}`;
    case 'saving':
      return 'Saving…';
    case 'offline':
      return 'Not saved – offline, kept here';
    case 'refused':
      return `Not saved: ${status.reason}`;
    case 'conflict':
      return 'Not saved, the draft has changed';
  }
}

function clock(at: string): string {
  const moment = new Date(at);
  const today = new Date().toDateString() === moment.toDateString();
  const time = moment.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return today ? time : `${moment.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${time}`;
}
