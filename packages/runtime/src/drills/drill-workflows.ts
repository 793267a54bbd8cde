import { drawWorkflow } from '@perdure/testing';

const get = (path: string, retry = false) => ({
  type: 'http',
  config: { method: 'GET', url: `https://drill/${path}` },
  retry: { firstRetryInterval: '20ms', maxNumberOfAttempts: retry ? 4 : 1 },
});

/** Three steps in a row, the second fails once; about 100 ms. */
export const chain = drawWorkflow(
  {
    start: { type: 'start' },
    first: get('echo/30/a'),
    second: get('flaky/1/b', true),
    third: get('echo/30/c'),
    done: { type: 'end', config: { value: { expr: 'steps.first.output.body & steps.second.output.body & steps.third.output.body' } } },
  },
  ['start -> first', 'first -> second', 'second -> third', 'third -> done'],
);

/** Parallel checks, one of which fails once; a short wait; a person with a deadline; one more step. The shape of the order-approval sample. */
export const orderApproval = drawWorkflow(
  {
    start: { type: 'start' },
    credit: get('echo/10/credit'),
    stock: get('flaky/1/stock', true),
    fraud: get('echo/25/fraud'),
    checked: { type: 'join', config: { mode: 'all' } },
    note: {
      type: 'setVariables',
      config: {
        variables: { checks: { expr: 'steps.credit.output.body & "," & steps.stock.output.body & "," & steps.fraud.output.body' } },
      },
    },
    nap: { type: 'timer', config: { mode: 'for', value: '30ms' } },
    ask: {
      type: 'humanTask',
      config: {
        title: 'Approve?',
        deadline: '1h',
        outcomes: [
          { key: 'approved', label: 'Approve', tone: 'primary' },
          { key: 'rejected', label: 'Reject', tone: 'danger' },
        ],
      },
    },
    ship: get('echo/10/shipped'),
    done: {
      type: 'end',
      config: { value: { expr: '{ "checks": vars.checks, "by": steps.ask.output.by, "shipping": steps.ship.output.body }' } },
    },
    refused: { type: 'end', config: { value: 'refused' } },
    late: { type: 'end', config: { value: 'late' } },
  },
  [
    'start -> credit',
    'start -> stock',
    'start -> fraud',
    'credit -> checked',
    'stock -> checked',
    'fraud -> checked',
    'checked -> note',
    'note -> nap',
    'nap -> ask',
    'ask.approved -> ship',
    'ship -> done',
    'ask.rejected -> refused',
    'ask.overdue -> late',
  ],
);

export const approval = drawWorkflow(
  {
    start: { type: 'start' },
    ask: {
      type: 'humanTask',
      config: {
        title: 'Approve?',
        outcomes: [
          { key: 'approved', label: 'Approve', tone: 'primary' },
          { key: 'rejected', label: 'Reject', tone: 'danger' },
        ],
      },
    },
    done: { type: 'end', config: { value: { expr: 'steps.ask.output' } } },
  },
  ['start -> ask', 'ask.approved -> done', 'ask.rejected -> done'],
);

/** Waits until `input.at`, a moment as text. */
export const alarm = drawWorkflow(
  { start: { type: 'start' }, wait: { type: 'timer', config: { mode: 'until', value: { expr: 'input.at' } } }, done: { type: 'end' } },
  ['start -> wait', 'wait -> done'],
);

/** Its process lives on for a moment, in which others finish theirs. */
export const poison = drawWorkflow({ start: { type: 'start' }, work: get('die/300'), done: { type: 'end' } }, [
  'start -> work',
  'work -> done',
]);

/** A parent, its child `chain`, and a step after it. */
export const family = drawWorkflow(
  {
    start: { type: 'start' },
    child: { type: 'subWorkflow', config: { workflow: 'chain' } },
    after: get('echo/10/z'),
    done: { type: 'end', config: { value: { expr: 'steps.child.output & steps.after.output.body' } } },
  },
  ['start -> child', 'child -> after', 'after -> done'],
);
