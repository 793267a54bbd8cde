import { Menu, TextInput } from '@mantine/core';
import { IconClockPause } from '@tabler/icons-react';
import { useState } from 'react';
import type { TaskDetail } from '@perdure/server/contract';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { formatDay, formatMoment } from '../components/moment.ts';
import { followUpMoments } from './follow-up-moments.ts';

/** Puts the task off for the person who asks: until then it stands under Follow-up. Nobody else notices, and its due time stays. */
export function FollowUpMenu({
  task,
  opened,
  onOpened,
  onChoose,
}: {
  task: TaskDetail;
  opened: boolean;
  onOpened: (opened: boolean) => void;
  onChoose: (at: string | null) => void;
}) {
  const [choosing, setChoosing] = useState(false);
  const now = Date.now();
  return (
    <>
      <Menu width={272} opened={opened} onChange={onOpened} returnFocus>
        <Menu.Target>
          <Button
            look="ghost"
            size="sm"
            className="wordy"
            title="Follow up"
            icon={<IconClockPause className="ic" stroke={1.8} />}
            keys={['s']}
            onClick={() => onOpened(!opened)}
          >
            Follow up
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Put off until</Menu.Label>
          {followUpMoments(now).map(({ label, at }) => (
            <Menu.Item
              key={label}
              rightSection={<span className="s12 t3 num">{`${formatDay(at.getTime(), now)}${isSameDay(at, now) ? '' : ' 09:00'}`}</span>}
              onClick={() => onChoose(at.toISOString())}
            >
              {label}
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => setChoosing(true)}>Another time…</Menu.Item>
          {task.followUpAt === null ? null : (
            <>
              <Menu.Divider />
              <Menu.Item onClick={() => onChoose(null)}>Back to the list now</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {choosing ? (
        <MomentDialog
          title={task.title}
          onClose={() => setChoosing(false)}
          onChoose={(at) => {
            setChoosing(false);
            onChoose(at);
          }}
        />
      ) : null}
    </>
  );
}

function MomentDialog({ title, onClose, onChoose }: { title: string; onClose: () => void; onChoose: (at: string) => void }) {
  const [text, setText] = useState('');
  const moment = text === '' ? Number.NaN : new Date(text).getTime();
  const refusal = Number.isNaN(moment) ? 'Choose a day and a time' : moment <= Date.now() ? 'This moment has passed' : null;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Follow up: ${title}`}
      action={refusal === null ? `Put off until ${formatMoment(moment)}` : 'Put off'}
      refusal={refusal}
      onAction={() => onChoose(new Date(moment).toISOString())}
    >
      <TextInput
        type="datetime-local"
        label="Until"
        description="For you only. The due time stays."
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
    </Dialog>
  );
}

function isSameDay(at: Date, now: number): boolean {
  return at.toDateString() === new Date(now).toDateString();
}
