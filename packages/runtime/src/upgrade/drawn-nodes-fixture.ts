/** What the recorded workflows are drawn with, and what answers their calls. */
import { nodeId } from '@perdure/graph';
import { drawWorkflow, type DrawnNode } from '@perdure/testing';
import type { ActivityResult } from '../activity-runner.ts';

export const start: DrawnNode = { type: 'start' };
export const end = (expr?: string): DrawnNode => ({ type: 'end', config: expr === undefined ? {} : { value: { expr } } });
export const event = (name: string, timeout?: string): DrawnNode => ({
  type: 'event',
  config: { name, ...(timeout === undefined ? {} : { timeout }) },
});
/** `answer/<text>`; `fail/<n>/<text>` fails n times first; `hold/<text>` does not answer while it is recorded. */
export const call = (path: string, more: Partial<DrawnNode> = {}): DrawnNode => ({
  type: 'http',
  ...more,
  config: { method: 'GET', url: `https://recorded/${path}`, ...more.config },
});
export const inside = (parent: string, node: DrawnNode): DrawnNode => ({ ...node, parent: nodeId(parent) });
/** Of a human task. */
export const outcomes = [
  { key: 'approved', label: 'Approve', tone: 'primary' },
  { key: 'rejected', label: 'Reject', tone: 'danger' },
];

/** The activity behind `call`. */
export async function answer(path: string, attempt: number, holding: boolean, signal: AbortSignal): Promise<ActivityResult> {
  const [what, ...rest] = path.split('/');
  if (what === 'hold' && holding) await new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('aborted'))));
  if (what === 'fail' && attempt <= Number(rest[0]))
    return { ok: false, failure: { code: 'HttpStatus.503', message: 'not yet', details: { attempt } } };
  const text = rest.at(-1) ?? '';
  return { ok: true, output: { status: 200, body: text === 'large' ? 'x'.repeat(100_000) : text } };
}

export const waiter = drawWorkflow({ start, wait: event('go'), done: end('steps.wait.output') }, ['start -> wait', 'wait -> done']);
