import { accountType, bankTransfer, drawWorkflow } from '@perdure/testing';
import type { Load } from '../load.ts';
import type { Scene } from '../scene.ts';

const accounts = ['ann', 'bob', 'cleo', 'dan'];
const opening = 1_000;

/**
 * I6: transfers between few accounts, each under a critical section over both. What is in the bank stays what was brought in, and a transfer
 * has taken and given once, or neither.
 */
export const bank: Load = {
  name: 'bank',
  queuesUp: true,
  workflows: {
    'bank-open': drawWorkflow(
      {
        start: { type: 'start' },
        pay: {
          type: 'entity',
          config: { entity: 'account', key: { expr: 'input.key' }, operation: 'deposit', input: { expr: 'input.amount' }, mode: 'call' },
        },
        done: { type: 'end' },
      },
      ['start -> pay', 'pay -> done'],
    ),
    'bank-transfer': bankTransfer,
  },
  entityTypes: { account: accountType },
  async drive(scene, i) {
    await opened(scene);
    const { from, to, amount } = transferOf(i);
    await scene.start('bank-transfer', `transfer-${i}`, { from, to, amount });
    await scene.ended(`transfer-${i}`);
  },
  async check(scene) {
    const { rows: balances } = await scene.database.query<{ id: string; balance: number }>(
      `SELECT id, (custom_status->>'balance')::int AS balance FROM instance WHERE workflow_key = '@account'`,
    );
    const wrong: string[] = [];
    const total = balances.reduce((sum, { balance }) => sum + balance, 0);
    if (total !== accounts.length * opening)
      wrong.push(`there is ${total} in the bank and ${accounts.length * opening} was brought in: ${JSON.stringify(balances)}`);
    for (const { id, balance } of balances) if (!(balance >= 0)) wrong.push(`${id} is at ${balance}`);

    const { rows: transfers } = await scene.database.query<{
      id: string;
      status: string;
      outcome: string | null;
      taken: number;
      given: number;
    }>(
      `SELECT i.id, i.status, ended.data->'output'->>'outcome' AS outcome, coalesce(applied.taken, 0) AS taken, coalesce(applied.given, 0) AS given
       FROM instance i
       LEFT JOIN history_event ended ON ended.instance_id = i.id AND ended.seq = i.seq
       LEFT JOIN (
         SELECT h.data->'request'->'from'->>'instanceId' AS transfer,
                (count(*) FILTER (WHERE h.data->'request'->>'operation' = 'withdraw'))::int AS taken,
                (count(*) FILTER (WHERE h.data->'request'->>'operation' = 'deposit'))::int AS given
         FROM instance e JOIN history_event h ON h.instance_id = e.id AND h.type = 'EntityOperationApplied'
         WHERE e.workflow_key = '@account' GROUP BY 1
       ) applied ON applied.transfer = i.id
       WHERE i.workflow_key = 'bank-transfer'`,
    );
    for (const { id, status, outcome, taken, given } of transfers) {
      const times = status === 'Completed' && outcome === 'transferred' ? 1 : 0;
      if (taken !== times || given !== times) wrong.push(`${id} is ${status} (${outcome}), took ${taken} times and gave ${given} times`);
    }
    return { I6: { holds: wrong.length === 0, count: wrong.length, examples: wrong.slice(0, 5) } };
  },
};

const opens = new WeakMap<Scene, Promise<void>>();

/** Every account gets its opening balance once: the instance that pays it in is started by a fixed id. */
function opened(scene: Scene): Promise<void> {
  const known = opens.get(scene);
  if (known !== undefined) return known;
  const paying = Promise.all(
    accounts.map(async (key) => {
      await scene.start('bank-open', `open-${key}`, { key, amount: opening });
      await scene.ended(`open-${key}`);
    }),
  ).then(() => undefined);
  opens.set(scene, paying);
  return paying;
}

/** Now and then more than can be there, so that some are declined. */
function transferOf(i: number): { from: string; to: string; amount: number } {
  const from = i % accounts.length;
  const to = (from + 1 + (Math.floor(i / accounts.length) % (accounts.length - 1))) % accounts.length;
  return {
    from: accounts[from] ?? '',
    to: accounts[to] ?? '',
    amount: i % 11 === 0 ? accounts.length * opening + 1 : 1 + ((i * 37) % 400),
  };
}
