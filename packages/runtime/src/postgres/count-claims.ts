/** The statement that counts claims (count-claims.sql), put together: who finds an attempt becomes the mark its row bears. */
import { readFileSync } from 'node:fs';
import type { Finder, UnfinishedAttempt } from '../ports/durable-store.ts';
import { numberArray, textArray } from './array-literal.ts';

const text = readFileSync(new URL('./count-claims.sql', import.meta.url), 'utf8');

export function countClaimsStatement(
  attempts: readonly UnfinishedAttempt[],
  most: number,
): { name: string; text: string; values: (string | number)[] } {
  const owners = attempts.map(({ finder }) => (finder.type === 'owner' ? finder : null));
  const partitions = new Set(owners.flatMap((owner) => owner?.partition ?? []));
  const values = [
    textArray(attempts.map((one) => one.instanceId)),
    textArray(attempts.map((one) => one.executionId)),
    textArray(attempts.map((one) => one.step)),
    numberArray(attempts.map((one) => one.attempt)),
    numberArray(attempts.map((one) => one.releases)),
    textArray(attempts.map(({ finder }) => markOf(finder))),
    numberArray(owners.map((owner) => owner?.knownFrom ?? null)),
    `{${owners.map((owner) => owner?.vanished ?? true).join()}}`,
    numberArray(owners.map((owner) => owner?.partition ?? null)),
    numberArray(owners.map((owner) => owner?.epoch ?? null)),
    numberArray([...partitions]),
    most,
  ];
  return { name: 'count-claims', text, values };
}

function markOf(finder: Finder): string {
  return finder.type === 'owner' ? epochMark(finder.epoch) : finder.id;
}

function epochMark(epoch: number): string {
  return `epoch ${epoch}`;
}
