/** What a person is told of, and how. */
import type { Mutation, Query } from './procedure-types.ts';

export type NotificationKind = 'task.new' | 'task.assigned' | 'task.mention' | 'task.reminder' | 'alert';

/** notifications.get */
export interface NotificationSettings {
  /** A mail server is set up. */
  mail: boolean;
  email: string;
  channels: Record<NotificationKind, 'email' | 'none'>;
}

export type NotificationProcedures = {
  get: Query<void, NotificationSettings>;
  set: Mutation<{ kind: NotificationKind; channel: 'email' | 'none' }, void>;
};
