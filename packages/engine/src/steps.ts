/**
 * The engine's control flow is written once, as generators that yield a promise only when the evaluator gave one.
 * `runSteps` drives them without a promise as long as none is yielded.
 */
export type Steps<T> = Generator<Promise<unknown>, T, unknown>;

export function* settle<T>(value: T | Promise<T>): Steps<T> {
  // What is sent back into the generator is the settled value of exactly this promise.
  return value instanceof Promise ? ((yield value) as T) : value;
}

export function runSteps<T>(steps: Steps<T>): T | Promise<T> {
  const first = steps.next();
  return first.done ? first.value : runAsync(steps, first.value);
}

async function runAsync<T>(steps: Steps<T>, pending: Promise<unknown>): Promise<T> {
  let waitFor = pending;
  for (;;) {
    const result = steps.next(await waitFor);
    if (result.done) return result.value;
    waitFor = result.value;
  }
}
