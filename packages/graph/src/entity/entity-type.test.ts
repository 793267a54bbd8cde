import { describe, expect, it, test } from 'vitest';
import { pathAnalyser } from '../document-fixture.ts';
import type { Json } from '../json.ts';
import { checkEntityType, compileEntityType } from './compile-entity-type.ts';
import { entityKinds } from './entity-kinds.ts';
import { entityTypeName, parseEntityType } from './entity-type.ts';

const custom = (...operations: Json[]): Json => ({ formatVersion: 1, kind: 'custom', initialState: { balance: 0 }, operations });
const deposit = { name: 'deposit', state: '{ "balance": state.balance + input }', result: 'state.balance' };

function problems(value: Json): string[] {
  const parsed = parseEntityType(value);
  const found = parsed.ok ? checkEntityType(parsed.document, pathAnalyser) : parsed.problems;
  return found.map(({ code, field }) => `${code} ${field ?? ''}`.trim());
}

describe('entity types', () => {
  it.each<[Json, string[]]>([
    [{ formatVersion: 1, kind: 'counter' }, []],
    [{ formatVersion: 1, kind: 'aggregator', window: '1h' }, []],
    [custom(deposit), []],
    [{ formatVersion: 2, kind: 'counter' }, ['entity.invalid formatVersion']],
    [{ formatVersion: 1, kind: 'queue' }, ['entity.invalid kind']],
    [{ formatVersion: 1, kind: 'counter', window: '1h' }, ['entity.invalid']],
    [{ formatVersion: 1, kind: 'aggregator', window: '10ms' }, ['entity.invalid window']],
    [custom(), ['entity.invalid operations']],
    [custom({ ...deposit, name: '1st' }), ['entity.invalid operations.0.name']],
    [custom({ ...deposit, name: 'Delete' }), ['entity.reserved-operation operations.0.name']],
    [custom(deposit, { ...deposit, name: 'Deposit' }), ['entity.duplicate-operation operations.1.name']],
    [custom({ name: 'nothing' }), ['entity.empty-operation operations.0']],
    [custom({ ...deposit, state: 'state.(' }), ['expression.syntax operations.0.state']],
    [null, ['entity.invalid']],
  ])('%j', (value, codes) => {
    expect(problems(value)).toEqual(codes);
  });

  test('the first state is small', () => {
    const large = { formatVersion: 1, kind: 'custom', initialState: 'x'.repeat(70_000), operations: [deposit] };
    expect(problems(large)).toEqual(['entity.state-too-large initialState']);
  });

  test('compiles to a plan that finds operations without case', () => {
    const parsed = parseEntityType(custom({ ...deposit, name: 'Deposit', description: 'Puts money in.' }));
    if (!parsed.ok) throw new Error('does not parse');
    const compiled = compileEntityType(parsed.document, { version: 4, analyser: pathAnalyser });
    expect(compiled).toMatchObject({ ok: true, plan: { version: 4, kind: 'custom', initialState: { balance: 0 } } });
    if (!compiled.ok || compiled.plan.kind !== 'custom') throw new Error('does not compile');
    expect(compiled.plan.operations.get('deposit')).toMatchObject({ name: 'Deposit', state: { source: deposit.state }, signals: null });
    const window = parseEntityType({ formatVersion: 1, kind: 'aggregator', window: '2h' });
    if (!window.ok) throw new Error('does not parse');
    expect(compileEntityType(window.document, { version: 1, analyser: pathAnalyser })).toMatchObject({ plan: { windowMs: 7_200_000 } });
  });

  test('names are folded', () => {
    expect(entityTypeName(' Account ')).toBe('account');
    expect(entityTypeName('two words')).toBeUndefined();
  });

  test('every kind tells its operations, delete among them', () => {
    expect(entityKinds.map(({ kind }) => kind)).toEqual(['counter', 'value', 'list', 'map', 'aggregator', 'custom']);
    for (const { operations } of entityKinds) expect(operations.at(-1)?.name).toBe('delete');
  });
});
