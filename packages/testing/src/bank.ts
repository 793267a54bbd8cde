import type { EntityTypeDocument, WorkflowDocument } from '@perdure/graph';
import { drawWorkflow } from './draw-workflow.ts';

/*
 * The bank: accounts as entities, and transfers between two of them in a critical section. Whatever happens to workers and databases
 * meanwhile, the sum of all balances stays what it was, and a transfer is booked on both accounts or on none.
 */

/** The entity type `account`. Balances and amounts are whole numbers, so that a sum can be compared exactly. */
export const accountType: EntityTypeDocument = {
  formatVersion: 1,
  kind: 'custom',
  initialState: { balance: 0 },
  operations: [
    {
      name: 'deposit',
      description: 'Adds the amount; gives the new balance.',
      state:
        '$type(input) = "number" and input > 0 ? { "balance": state.balance + input } : $error("InvalidAmount: an amount is a number over 0")',
      result: 'state.balance',
    },
    {
      name: 'withdraw',
      description: 'Takes the amount; gives the new balance, or fails with Insufficient.',
      state:
        '$type(input) = "number" and input > 0 ? (input <= state.balance ? { "balance": state.balance - input } : $error("Insufficient: the balance is " & state.balance)) : $error("InvalidAmount: an amount is a number over 0")',
      result: 'state.balance',
    },
    { name: 'get', description: 'Gives the balance.', result: 'state.balance' },
  ],
};

/** Input `{ from, to, amount }`. Output `{ outcome: 'transferred', balance }`, or `{ outcome: 'declined', reason }` when there is too little. */
export const bankTransfer: WorkflowDocument = drawWorkflow(
  {
    start: {
      type: 'start',
      config: {
        inputSchema: {
          type: 'object',
          required: ['from', 'to', 'amount'],
          properties: { from: { type: 'string' }, to: { type: 'string' }, amount: { type: 'number', exclusiveMinimum: 0 } },
        },
      },
    },
    both: {
      type: 'scope',
      title: 'Both accounts',
      size: { width: 360, height: 360 },
      config: {
        catches: [{ key: 'insufficient', label: 'Insufficient', codes: ['Insufficient'] }],
        locks: [
          { entity: 'account', key: { expr: 'input.from' } },
          { entity: 'account', key: { expr: 'input.to' } },
        ],
      },
    },
    withdraw: operation('Withdraw', 'input.from', 'withdraw'),
    deposit: operation('Deposit', 'input.to', 'deposit'),
    booked: { type: 'end', title: 'Booked', parent: 'both', config: { value: { expr: 'steps.withdraw.output' } } },
    transferred: {
      type: 'end',
      title: 'Transferred',
      config: { value: { outcome: 'transferred', balance: { expr: 'steps.both.output' } } },
    },
    declined: { type: 'end', title: 'Declined', config: { value: { outcome: 'declined', reason: { expr: 'error.message' } } } },
  },
  [
    'start -> both',
    'both.body -> withdraw',
    'withdraw -> deposit',
    'deposit -> booked',
    'both -> transferred',
    'both.insufficient -> declined',
  ],
);

function operation(title: string, key: string, name: string) {
  const config = { entity: 'account', key: { expr: key }, operation: name, input: { expr: 'input.amount' }, mode: 'call' };
  return { type: 'entity', title, parent: 'both', config };
}
