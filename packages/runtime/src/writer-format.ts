/**
 * The number of what this code writes where other processes read it: history events, checkpoints, message bodies, and what a commit keeps
 * true between rows. The database holds the highest number of anyone who ever worked on it (setting `writer`).
 *
 * Raise it by one, and record an installation of the new number (upgrade/recorded-installations.test.ts), whenever a worker of the number
 * before would misread, drop or break something this code writes. A new optional field that old code may ignore does not need it; a new event,
 * command or status does. Reading what lower numbers wrote must go on working.
 *
 * The rules (docs/decisions/0014-writer-format.md):
 * F1 a process of a lower number than the database's does not start, claims nothing, and ends itself within a second or so: at its next lease
 *    renewal, or, without leases, the next time it looks;
 * F2 the number is raised only while no partition has a running lease, and with it every epoch: whoever still works by the old number is
 *    fenced off (S2) before anything is written by the new one;
 * F3 the schema is left alone by a process that would be refused: its migrations would shut the version at work out of its next start.
 */
/**
 * 2: quarantine and entities are in histories; what is to be referred to is kept anew, so that payloads may be swept.
 * 3: test runs are in histories.
 * 4: payloads are packed.
 * 5: failed instances are rewound, steps skipped by hand, variables edited, instances migrated; people's tasks have seats, votes, reminders
 *    and escalations.
 * 6: events say when a failure was taken on its way out, which is what a rewind leaves alone.
 */
export const writerFormat = 6;
