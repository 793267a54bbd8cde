import { edges, step } from './designer.ts';

/** Fails with a number in its text that is different each time; what is started with `wait` waits for an event. */
export const creditWorkflow = {
  formatVersion: 1,
  nodes: [
    step('start', 'start', 0, 0, { title: 'Start' }),
    step('which', 'condition', 0, 100, { title: 'Which', config: { cases: [{ key: 'wait', label: 'Wait', when: 'input.wait' }] } }),
    step('changed', 'event', 0, 200, { title: 'Wait for changes', config: { name: 'order.changed' } }),
    step('fails', 'fail', 300, 200, {
      title: 'Credit check',
      config: { code: 'NoCredit', message: { expr: '"No credit for order " & input.order' } },
    }),
    step('end', 'end', 0, 300, { title: 'End' }),
  ],
  edges: edges(['start > which', 'which.wait > changed', 'which.otherwise > fails', 'changed > end']),
};
