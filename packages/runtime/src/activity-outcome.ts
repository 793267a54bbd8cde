/**
 * What an activity gave, as it is stored: mended text, large values by reference, errors cut to what a person may still read. Everything behind
 * this (turn, commit, history, hot state) may rely on the bounds. Whatever was given has an outcome here: nothing of it is worth a worker.
 */
import type { CommandBody, Failure } from '@perdure/engine';
import { referenceThreshold } from '@perdure/expressions';
import type { Json } from '@perdure/graph';
import type { ActivityResult } from './activity-dispatcher.ts';
import { largestPayload } from './durable-payloads.ts';
import type { PayloadStore } from './runtime.ts';
import { isLargerThan, storableJson, storableText } from './storable-json.ts';

/** Characters of an error's text kept in the history itself. */
const largestMessage = 4_096;
/** Characters of the details, which hold the text when it is longer. The rest of either is gone. */
const largestDetails = 256 * 1024;
const largestCode = 200;

/** How JSON.stringify writes U+0000 and lone surrogates. */
const maybeUnstorable = /\\u(?:0000|d[89a-f])/;

type WithoutPlace<Body> = Body extends unknown ? Omit<Body, 'step' | 'attempt'> : never;

export type ActivityOutcome = WithoutPlace<Extract<CommandBody, { type: 'CompleteTask' | 'FailTask' }>>;

/** `referenced`: JSON that is to stand for the output, or for the failure's details, by reference. */
export interface BoundedOutcome {
  outcome: ActivityOutcome;
  referenced: string | null;
}

export function boundedOutcome(result: ActivityResult): BoundedOutcome {
  try {
    return result.ok ? completed(result.output) : failed(result.failure, result.retryable ?? true);
  } catch (error) {
    // Not what its type says: a value that contains itself, say, or is nested deeper than the stack.
    return failed({ code: 'ResultNotKept', message: `The result cannot be kept as JSON: ${String(error)}` }, false);
  }
}

/** Rejects when a payload could not be kept. */
export async function outcomeToStore(
  { outcome, referenced }: BoundedOutcome,
  payloads: Pick<PayloadStore, 'keep'>,
): Promise<ActivityOutcome> {
  if (referenced === null) return outcome;
  const reference = await payloads.keep(referenced);
  if (outcome.type === 'CompleteTask') return { ...outcome, output: reference };
  return { ...outcome, failure: { ...outcome.failure, details: reference } };
}

function completed(value: Json): BoundedOutcome {
  const text = isLargerThan(value, referenceThreshold) ? JSON.stringify(value) : '';
  if (text.length <= referenceThreshold) return { outcome: { type: 'CompleteTask', output: storableJson(value) }, referenced: null };
  if (text.length <= largestPayload) {
    // A large value is walked through again only when there may be something to mend.
    const referenced = maybeUnstorable.test(text) ? JSON.stringify(storableJson(value)) : text;
    return { outcome: { type: 'CompleteTask', output: null }, referenced };
  }
  return failed({ code: 'ResultTooLarge', message: `The result has ${text.length} characters; ${largestPayload} are allowed.` }, false);
}

function failed({ code, message, details }: Failure, retryable: boolean): BoundedOutcome {
  const failure = { code: cut(code, largestCode, false), message: cut(message, largestMessage) };
  const rest =
    details === undefined ? (message.length > largestMessage ? cut(message, largestDetails) : undefined) : boundedDetails(details);
  if (rest === undefined) return { outcome: { type: 'FailTask', failure, retryable }, referenced: null };
  const isInline = !isLargerThan(rest, 2 * largestMessage);
  return {
    outcome: { type: 'FailTask', failure: isInline ? { ...failure, details: rest } : failure, retryable },
    referenced: isInline ? null : JSON.stringify(rest),
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
