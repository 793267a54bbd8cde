/** The bank's documents with the real expression language and the real deciders, without a worker: messages are handed over in any order. */
import {
  decide,
  decideEntity,
  entityInstanceId,
  executionId,
  initialEntityState,
  initialState,
  instanceId,
  type CommandBody,
  type Effect,
  type EntityCommandBody,
  type EntityState,
  type Evaluator,
  type InstanceState,
} from '@perdure/engine';
import { createEvaluator, expressionAnalyser } from '@perdure/expressions';
import { checkEntityType, compile, compileEntityType, parseEntityType, validate, type Json } from '@perdure/graph';
import { expect, test } from 'vitest';
import { accountType, bankTransfer } from './bank.ts';

// Every expression of the bank is cheap: nothing here may need the sandbox or a payload.
const refuse = () => Promise.reject(new Error('not cheap'));
const evaluator: Evaluator = createEvaluator({ sandbox: { evaluate: refuse }, payloads: { load: refuse, keep: refuse } });

test('the documents have no problems', () => {
  expect(validate(bankTransfer, expressionAnalyser)).toEqual([]);
  // Through JSON, as it is stored.
  const parsed = parseEntityType(JSON.parse(JSON.stringify(accountType)) as Json);
  expect(parsed).toEqual({ ok: true, document: accountType });
  expect(checkEntityType(accountType, expressionAnalyser)).toEqual([]);
});

test('I6 transfers in any order keep the sum, and book both sides or none', () => {
  const bank = new Bank(7);
  const accounts = ['ann', 'bob', 'cid', 'dan'];
  for (const key of accounts) bank.ask(entityInstanceId('account', key), deposit(key, 100));
  bank.drain();
  for (let n = 0; n < 200; n++) {
    const from = accounts[bank.random(4)] ?? '';
    const to = accounts[bank.random(4)] ?? '';
    bank.start(`t${n}`, { from, to, amount: 1 + bank.random(80) });
    for (let delivered = 0; delivered < bank.random(12); delivered++) bank.deliver();
  }
  bank.drain();
  const balances = new Map(accounts.map((key) => [key, 100]));
  const outcomes = new Map<Json, number>();
  for (const { status, input, output } of bank.instances.values()) {
    expect(status).toBe('Completed');
    const { outcome } = output as { outcome: string };
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (outcome === 'declined') continue;
    const { from, to, amount } = input as { from: string; to: string; amount: number };
    balances.set(from, (balances.get(from) ?? 0) - amount);
    balances.set(to, (balances.get(to) ?? 0) + amount);
  }
  expect([...outcomes.keys()].toSorted()).toEqual(['declined', 'transferred']);
  for (const key of accounts) {
    const { content, lock, queue } = bank.entityOf(entityInstanceId('account', key));
    expect({ content, lock, queue }).toEqual({ content: { state: { balance: balances.get(key) } }, lock: null, queue: [] });
  }
  expect([...balances.values()].reduce((sum, balance) => sum + balance, 0)).toBe(400);
});

test('a declined transfer says why', () => {
  const bank = new Bank(1);
  bank.start('t', { from: 'ann', to: 'bob', amount: 5 });
  bank.drain();
  expect(bank.instances.get('t')?.output).toEqual({ outcome: 'declined', reason: 'the balance is 0' });
});

function deposit(id: string, amount: number): EntityCommandBody {
  const from = { kind: 'api', by: 'test' } as const;
  return { type: 'Operate', request: { id, operation: 'deposit', input: amount, mode: 'signal', from, at: null, lock: null } };
}

class Bank {
  readonly instances = new Map<string, InstanceState>();
  readonly #entities = new Map<string, EntityState>();
  readonly #mail: (() => void)[] = [];
  readonly #plan = planOf();
  #seed: number;
  #at = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A whole number below `limit`: a linear congruential generator, so that a run can be repeated. */
  random(limit: number): number {
    this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) >>> 0;
    return (this.#seed >>> 8) % limit;
  }

  start(id: string, input: Json): void {
    this.instances.set(id, initialState(instanceId(id)));
    const start = { workflow: 'bank-transfer', version: 1, input, tags: [], startedBy: 'api', parent: null };
    this.tell(id, { type: 'StartExecution', executionId: executionId('x'), ...start });
  }

  tell(id: string, body: CommandBody): void {
    const state = this.instances.get(id);
    if (!state) throw new Error(`There is no instance ${id}.`);
    const result = decide(this.#plan.workflow, state, { at: ++this.#at, seed: id, ...body }, evaluator);
    if (result instanceof Promise) throw new Error('An expression of the bank is not cheap.');
    this.#post(result.effects);
  }

  ask(id: string, body: EntityCommandBody): void {
    const command = { at: ++this.#at, seed: id, executionId: executionId(`x${this.#at}`), ...body };
    const result = decideEntity(this.#plan.account, this.entityOf(id), command, evaluator);
    if (result instanceof Promise) throw new Error('An expression of the bank is not cheap.');
    this.#post(result.effects);
  }

  entityOf(id: string): EntityState {
    let state = this.#entities.get(id);
    if (!state || state.status === 'Completed') this.#entities.set(id, (state = initialEntityState(instanceId(id))));
    return state;
  }

  deliver(): void {
    const [message] = this.#mail.splice(this.random(Math.max(1, this.#mail.length)), 1);
    message?.();
  }

  drain(): void {
    for (let left = 100_000; this.#mail.length > 0; left--) {
      if (left === 0) throw new Error('The bank does not come to rest.');
      this.deliver();
    }
  }

  #post(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'SendToEntity') this.#mail.push(() => this.ask(effect.entity, effect.command));
      if (effect.type === 'SendToInstance') this.#mail.push(() => this.tell(effect.instanceId, effect.command));
    }
  }
}

function planOf() {
  const workflow = compile(bankTransfer, { analyser: expressionAnalyser });
  const account = compileEntityType(accountType, { version: 1, analyser: expressionAnalyser });
  if (!workflow.ok || !account.ok) throw new Error('The bank does not compile.');
  return { workflow: workflow.plan, account: account.plan };
}
