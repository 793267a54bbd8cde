import { Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NotificationKind } from '@perdure/server/contract';
import { trpc } from '../../api/trpc.ts';
import { Loaded } from '../../components/loaded.tsx';
import { SettingsFrame } from '../settings-frame.tsx';
import { toastError } from '../../components/toast.tsx';
import './notifications.css';

const KINDS: { kind: NotificationKind; label: string; help: string }[] = [
  { kind: 'task.new', label: 'A task is open', help: 'For you, or for a group you are in.' },
  { kind: 'task.assigned', label: 'A task is given to you', help: 'Assigned by somebody, or delegated.' },
  { kind: 'task.mention', label: 'You are mentioned', help: 'In a comment on a task.' },
  { kind: 'task.reminder', label: 'A task waits', help: 'Reminders and escalations of tasks you can decide.' },
  { kind: 'alert', label: 'An alert fires', help: 'Of the rules that name your address.' },
];

/** What somebody wants to be told by mail. Each switch is stored at once. */
export function NotificationsPage() {
  return (
    <SettingsFrame title="Notifications">
      <div className="notifications">
        <Choices />
      </div>
    </SettingsFrame>
  );
}

function Choices() {
  const queryClient = useQueryClient();
  const settings = useQuery(trpc.notifications.get.queryOptions());
  const set = useMutation(
    trpc.notifications.set.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.notifications.get.queryFilter()),
      onError: toastError,
    }),
  );
  return (
    <Loaded query={settings} rows={5} label="Loading notifications">
      {({ mail, email, channels }) => (
        <section className="card" aria-labelledby="notifications-title" id="notifications">
          <header className="hd">
            <h2 id="notifications-title">Notifications</h2>
            <span className="t3 s12">{mail ? `By e-mail to ${email}` : 'No mail server is set up'}</span>
          </header>
          <div className="notifications-kinds">
            {KINDS.map(({ kind, label, help }) => (
              <Switch
                key={kind}
                label={label}
                description={help}
                checked={(set.isPending && set.variables.kind === kind ? set.variables.channel : channels[kind]) === 'email'}
                onChange={(event) => set.mutate({ kind, channel: event.currentTarget.checked ? 'email' : 'none' })}
              />
            ))}
          </div>
        </section>
      )}
    </Loaded>
  );
}
