import { instanceId } from '@perdure/engine';
import { eventually } from '@perdure/testing';
import { afterEach, expect, it } from 'vitest';
import { Mailbox } from './mailbox.ts';
import { message } from './postgres/commit-item-fixture.ts';
import type { StoredMessage } from './ports/durable-store.ts';

let waiting: StoredMessage[] = [];
let delivered: string[] = [];
let mailbox: Mailbox | null = null;

afterEach(() => {
  mailbox?.stop();
  [waiting, delivered] = [[], []];
});

/** Over a store in which a message waits until it has been delivered. */
function open(): Mailbox {
  mailbox = new Mailbox(
    { messages: async (_partitions, except) => waiting.filter(({ messageId }) => !except.includes(messageId)) },
    {
      pollEveryMs: 3_600_000,
      partitions: () => [1],
      async deliver({ messageId }) {
        delivered.push(messageId);
        waiting = waiting.filter((one) => one.messageId !== messageId);
      },
      onTrouble: () => {},
    },
  );
  return mailbox;
}

const told = (name: string): StoredMessage => ({ ...message('from', 'to', name), instanceId: instanceId('to') });

it('delivers what waits, and what its process has just stored', async () => {
  waiting = [told('a'), told('b')];
  const box = open();
  box.look();
  box.deliver(told('c'));
  await eventually('all are delivered', async () => delivered.length === 3 || undefined);
  expect(delivered.toSorted()).toEqual(['a', 'b', 'c']);
});

it('does not deliver again what a fetch has brought before its sender heard that it is stored', async () => {
  const box = open();
  waiting = [told('a')];
  box.look();
  await eventually('it is done with', async () => waiting.length === 0 || undefined);
  box.deliver(told('a'));
  expect(delivered).toEqual(['a']);
  // Another one of the same name waits, and is fetched.
  waiting = [told('a')];
  box.look();
  await eventually('it is delivered, too', async () => delivered.length === 2 || undefined);
});
