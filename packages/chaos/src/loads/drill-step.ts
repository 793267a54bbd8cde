import type { DrawnNode } from '@perdure/testing';

/** An HTTP step as the drills' workers know it: `echo/<ms>/<text>`, `flaky/<n>/<text>`, `die/<ms>`. */
export function drillStep(path: string, options: { readonly attempts?: number; readonly queue?: string } = {}): DrawnNode {
  return {
    type: 'http',
    config: { method: 'GET', url: `https://drill/${path}`, ...(options.queue === undefined ? {} : { queue: options.queue }) },
    retry: { firstRetryInterval: '20ms', maxNumberOfAttempts: options.attempts ?? 1 },
  };
}
