/**
 * What an activity gave, as it is stored: mended text, large values by reference, errors cut to what a person may still read. Everything behind
 * this (turn, commit, history, hot state) may rely on the bounds. Whatever was given has an outcome here: nothing of it is worth a worker.
 */
import type { CommandBody, Failure } from '@perdure/engine';
import type { Json } from '@perdure/graph';
import type { ActivityResult } from './activity-runner.ts';
import type { DurablePayloads } from './durable-payloads.ts';
import { isLargeJson, largestPayload } from './large-value.ts';
import { isLargerThan, storableJson, storableText } from './storable-json.ts';

/** Characters of an error's text kept in the history itself. */
const largestMessage = 4_096;
/** Characters of the details, which hold the text when it is longer. The rest of either is gone. */
const largestDetails = 256 * 1024;
const largestCode = 200;

type WithoutPlace<Body> = Body extends unknown ? Omit<Body, 'step' | 'attempt'> : never;

export type ActivityOutcome = WithoutPlace<Extract<CommandBody, { type: 'CompleteTask' | 'FailTask' }>>;

/** `referenced`: what is to stand for the output, or for the failure's details, by reference. */
export interface BoundedOutcome {
  outcome: ActivityOutcome;
  referenced: Json | null;
}

/** The same, written as it is kept. */
export interface WrittenOutcome {
  outcome: ActivityOutcome;
  referenced: Uint8Array<ArrayBuffer> | null;
}

export function boundedOutcome(result: ActivityResult): BoundedOutcome {
  try {
    return result.ok ? completed(result.output) : failed(result.failure, result.retryable ?? true);
  } catch (error) {
    // Not what its type says: a value that contains itself, say, or is nested deeper than the stack.
    return notJson(error);
  }
}

/** As it can be handed to another process: what would fail there fails here. */
export function portableOutcome(bounded: BoundedOutcome): BoundedOutcome {
  if (bounded.referenced === null) return bounded;
  try {
    return JSON.stringify(bounded.referenced).length > largestPayload ? tooLarge : bounded;
  } catch (error) {
    return notJson(error);
  }
}

/** Never rejects. */
export async function writtenOutcome(
  { outcome, referenced }: BoundedOutcome,
  payloads: Pick<DurablePayloads, 'json'>,
): Promise<WrittenOutcome> {
  if (referenced === null) return { outcome, referenced };
  try {
    const json = await payloads.json(referenced, largestPayload);
    return json === null ? tooLarge : { outcome, referenced: json };
  } catch (error) {
    return notJson(error);
  }
}

/** Rejects when a payload could not be kept. */
export async function outcomeToStore(
  { outcome, referenced }: WrittenOutcome,
  payloads: Pick<DurablePayloads, 'keep'>,
): Promise<ActivityOutcome> {
  if (referenced === null) return outcome;
  const reference = await payloads.keep(referenced);
  if (outcome.type === 'CompleteTask') return { ...outcome, output: reference };
  return { ...outcome, failure: { ...outcome.failure, details: reference } };
}

function completed(value: Json): BoundedOutcome {
  if (isLargeJson(value)) return { outcome: { type: 'CompleteTask', output: null }, referenced: value };
  return { outcome: { type: 'CompleteTask', output: storableJson(value) }, referenced: null };
}

const tooLarge = {
  outcome: {
    type: 'FailTask',
    failure: { code: 'ResultTooLarge', message: `The result has more than the ${largestPayload} characters that are allowed.` },
    retryable: false,
  },
  referenced: null,
} as const satisfies WrittenOutcome;

function notJson(error: unknown): { outcome: ActivityOutcome; referenced: null } {
  const failure = { code: 'ResultNotKept', message: cut(`The result cannot be kept as JSON: ${String(error)}`, largestMessage) };
  return { outcome: { type: 'FailTask', failure, retryable: false }, referenced: null };
}

function failed({ code, message, details }: Failure, retryable: boolean): BoundedOutcome {
  const failure = { code: cut(code, largestCode, false), message: cut(message, largestMessage) };
  const rest =
    details === undefined ? (message.length > largestMessage ? cut(message, largestDetails) : undefined) : boundedDetails(details);
  if (rest === undefined) return { outcome: { type: 'FailTask', failure, retryable }, referenced: null };
  const isInline = !isLargerThan(rest, 2 * largestMessage);
  return {
    outcome: { type: 'FailTask', failure: isInline ? { ...failure, details: rest } : failure, retryable },
    referenced: isInline ? null : rest,
  };
}

/** Details that are too large become the beginning of their JSON. */
function boundedDetails(details: Json): Json {
  return isLargerThan(details, largestDetails) ? cut(JSON.stringify(details), largestDetails) : storableJson(details);
}

/** Cut before it is mended: what is thrown away may be huge. */
function cut(text: string, limit: number, marked = true): string {
  if (text.length <= limit) return storableText(text);
  const mark = marked ? ` … [cut: ${text.length} characters]` : '';
  return storableText(text.slice(0, limit - mark.length)) + mark;
}
