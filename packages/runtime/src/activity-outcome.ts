/** What an activity gave, as it is stored: mended text, large values by reference, a long error's text cut with the rest referenced. */
import type { CommandBody } from '@perdure/engine';
import { referenceThreshold } from '@perdure/expressions';
import type { ActivityResult } from './activity-dispatcher.ts';
import type { PayloadStore } from './runtime.ts';
import { isLargerThan, storableJson, storableText } from './storable-json.ts';

/** Characters of an error's text kept in the history itself. */
const largestMessage = 4_096;
const largestResult = 10 * 1024 * 1024;

type WithoutPlace<Body> = Body extends unknown ? Omit<Body, 'step' | 'attempt'> : never;

export type ActivityOutcome = WithoutPlace<Extract<CommandBody, { type: 'CompleteTask' | 'FailTask' }>>;

export async function outcomeToStore(result: ActivityResult, payloads: Pick<PayloadStore, 'keep'>): Promise<ActivityOutcome> {
  if (result.ok) {
    const output = storableJson(result.output);
    if (!isLargerThan(output, referenceThreshold)) return { type: 'CompleteTask', output };
    const text = JSON.stringify(output);
    if (text.length > largestResult)
      return {
        type: 'FailTask',
        retryable: false,
        failure: { code: 'ResultTooLarge', message: `The result has ${text.length} characters; ${largestResult} are allowed.` },
      };
    return { type: 'CompleteTask', output: text.length > referenceThreshold ? await payloads.keep(text) : output };
  }
  const { code, details } = result.failure;
  const message = storableText(result.failure.message);
  const isCut = message.length > largestMessage;
  // The rest of a long text is referenced from the details.
  const rest = details === undefined ? (isCut ? message : undefined) : storableJson(details);
  const failure = {
    code: storableText(code).slice(0, 200),
    message: isCut ? message.slice(0, largestMessage) : message,
    ...(rest === undefined
      ? {}
      : { details: isCut || isLargerThan(rest, 2 * largestMessage) ? await payloads.keep(JSON.stringify(rest)) : rest }),
  };
  return { type: 'FailTask', failure, retryable: result.retryable ?? true };
}
