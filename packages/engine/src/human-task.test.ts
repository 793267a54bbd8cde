import { portId } from '@perdure/graph';
import { describe, expect, test } from 'vitest';
import type { Outcome } from './command.ts';
import { decodeState, encodeState } from './encode-state.ts';
import { stepKey, timerId } from './ids.ts';
import { InstanceFixture } from './instance-fixture.ts';
import { end, expr, humanTask, literal, planOf, start } from './plan-fixture.ts';

const h = stepKey('h#1');
const outcomes = [
  { port: portId('approve'), label: 'Approve', tone: 'primary' as const },
  { port: portId('reject'), label: 'Reject', tone: 'danger' as const },
];

function task(config: Parameters<typeof humanTask>[0] = {}, started: Parameters<InstanceFixture['start']>[1] = {}): InstanceFixture {
  const plan = planOf({ start, h: humanTask({ outcomes, ...config }), end: end(expr(({ steps }) => steps.h?.output)) }, [
    'start>h',
    'h:approve>end',
    'h:reject>end',
  ]);
  return new InstanceFixture(plan).start(null, started);
}

const vote = (run: InstanceFixture, by: string, outcome = 'approve', groups: string[] = [], aliases: string[] = []): Outcome =>
  run.send({ type: 'DecideHumanTask', step: h, outcome: portId(outcome), data: { from: by }, comment: null, by, aliases, groups });
const claim = (run: InstanceFixture, by: string, aliases: string[] = []): Outcome =>
  run.send({ type: 'ClaimHumanTask', step: h, by, aliases });
const give = (run: InstanceFixture, to: string, by: string, kind: 'assigned' | 'delegated', from: string | null = null): Outcome =>
  run.send({ type: 'AssignHumanTask', step: h, to, aliases: [], from, kind, note: null, by });
const holders = (run: InstanceFixture): string[] => {
  const step = run.state.steps.get(h);
  return step?.kind === 'humanTask' ? step.holders.map(({ by }) => by) : [];
};

describe('votes', () => {
  test('H8 the quorum decides, and the output names everybody who took part', () => {
    const run = task({ quorum: literal(2) });
    expect(vote(run, 'ann')).toEqual({ ok: true });
    expect(run.state.status).toBe('Running');
    expect(vote(run, 'bob')).toEqual({ ok: true });
    expect(run.all('HumanTaskVoted').map(({ by }) => by)).toEqual(['ann', 'bob']);
    expect(run.all('HumanTaskDecided')).toHaveLength(1);
    expect(run.state.output).toMatchObject({
      outcome: 'approve',
      by: 'bob',
      votes: [
        { by: 'ann', data: { from: 'ann' } },
        { by: 'bob', data: { from: 'bob' } },
      ],
    });
  });

  test('H8 one vote per person', () => {
    const run = task({ quorum: literal(2) });
    vote(run, 'ann');
    expect(vote(run, 'ann')).toMatchObject({ code: 'task.already-voted' });
    expect(claim(run, 'ann')).toMatchObject({ code: 'task.already-voted' });
  });

  test('H8 the first rejection decides unless others need as many votes', () => {
    const first = task({ quorum: literal(3) });
    vote(first, 'ann');
    vote(first, 'bob', 'reject');
    expect(first.state.output).toMatchObject({ outcome: 'reject', by: 'bob' });
    const counted = task({ quorum: literal(2), others: 'count' });
    vote(counted, 'ann', 'reject');
    vote(counted, 'bob');
    expect(counted.state.status).toBe('Running');
    vote(counted, 'cleo', 'reject');
    expect(counted.state.output).toMatchObject({ outcome: 'reject', by: 'cleo' });
  });

  test('H8 each required group must have voted', () => {
    const run = task({ quorum: literal(2), requiredGroups: literal(['Legal']) });
    vote(run, 'ann');
    expect(vote(run, 'bob')).toMatchObject({ code: 'task.excluded', message: expect.stringContaining('Legal') });
    expect(vote(run, 'cleo', 'approve', ['legal'])).toEqual({ ok: true });
    expect(run.state.output).toMatchObject({ outcome: 'approve', by: 'cleo' });
    const both = task({ requiredGroups: literal(['Legal', 'Sales']) });
    vote(both, 'ann', 'approve', ['legal']);
    expect(both.state.status).toBe('Running');
    vote(both, 'bob', 'approve', ['sales']);
    expect(both.state.output).toMatchObject({ outcome: 'approve', by: 'bob' });
    const rejected = task({ requiredGroups: literal(['Legal']) });
    vote(rejected, 'bob', 'reject');
    expect(rejected.state.output).toMatchObject({ outcome: 'reject' });
  });

  test('H9 there are as many seats as votes must still come', () => {
    const run = task({ quorum: literal(2) });
    expect([claim(run, 'ann'), claim(run, 'bob')]).toEqual([{ ok: true }, { ok: true }]);
    expect(claim(run, 'cleo')).toMatchObject({ code: 'task.already-claimed', message: expect.stringContaining('ann and bob') });
    expect(vote(run, 'cleo')).toMatchObject({ code: 'task.already-claimed' });
    vote(run, 'ann');
    expect(holders(run)).toEqual(['bob']);
    expect(claim(run, 'cleo')).toMatchObject({ code: 'task.already-claimed' });
  });

  test('H8 L3 a vote counts while suspended, and the decision is acted on afterwards', () => {
    const run = task({ quorum: literal(2) });
    vote(run, 'ann');
    run.send({ type: 'Suspend', reason: '', by: 'op' });
    expect(vote(run, 'bob')).toEqual({ ok: true });
    expect(run.state.status).toBe('Suspended');
    run.send({ type: 'Resume', reason: '', by: 'op' });
    expect(run.state.output).toMatchObject({ outcome: 'approve', by: 'bob' });
  });

  test('H8 a quorum must be a number of people', () => {
    for (const wrong of [0, 1.5, 101, 'two'])
      expect(task({ quorum: literal(wrong) }).state.failure).toMatchObject({ code: 'InvalidValue' });
  });

  test('V4 a kept state goes on with its seats and votes; one from before there were any knows the claim', () => {
    const run = task({ quorum: literal(3) });
    vote(run, 'ann');
    claim(run, 'bob');
    expect(encodeState(decodeState(encodeState(run.state)))).toEqual(encodeState(run.state));
    const kept = encodeState(task().state) as unknown as { steps: Record<string, unknown>[] }; // what encodeState gives
    const steps = kept.steps.map(({ holders: _holders, votes: _votes, ...step }) => ({ ...step, claimedBy: 'ann', claimedAt: 7 }));
    const earlier = decodeState({ ...kept, steps } as never);
    expect(earlier.steps.get(h)).toMatchObject({ holders: [{ by: 'ann', at: 7, how: 'claimed', from: null }], votes: [] });
  });
});

describe('who may not', () => {
  test('H10 somebody excluded has no part in it, by whatever name', () => {
    const run = task({ notBy: literal(['Ann@Example.com', 'U9']) });
    expect(claim(run, 'U9')).toMatchObject({ code: 'task.excluded' });
    expect(claim(run, 'u1', ['ann@example.com'])).toMatchObject({ code: 'task.excluded' });
    expect(vote(run, 'u1', 'approve', [], ['ann@example.com'])).toMatchObject({ code: 'task.excluded' });
    expect(
      run.send({
        type: 'AssignHumanTask',
        step: h,
        to: 'u1',
        aliases: ['ann@example.com'],
        from: null,
        kind: 'assigned',
        note: null,
        by: 'boss',
      }),
    ).toMatchObject({
      code: 'task.excluded',
    });
    expect(vote(run, 'u2', 'approve', [], ['bob@example.com'])).toEqual({ ok: true });
  });

  test('H10 the requester is who started it', () => {
    const run = task({ requesterMayNotDecide: true });
    expect(vote(run, 'api')).toMatchObject({ code: 'task.excluded' });
    expect(vote(run, 'ann')).toEqual({ ok: true });
  });

  test('H10 of an instance that is started again the requesters are the first one and who gave another input, not who started it', () => {
    const run = task({ requesterMayNotDecide: true }, { requester: 'Ann', coRequesters: ['bob'] });
    expect(vote(run, 'ann')).toMatchObject({ code: 'task.excluded' });
    expect(vote(run, 'bob')).toMatchObject({ code: 'task.excluded' });
    expect(vote(run, 'api')).toEqual({ ok: true });
  });
});

describe('giving it to others', () => {
  test('H11 an assignment takes the only seat from who has it', () => {
    const run = task();
    claim(run, 'ann');
    expect(give(run, 'bob', 'boss', 'assigned')).toEqual({ ok: true });
    expect(holders(run)).toEqual(['bob']);
    expect(run.all('HumanTaskAssigned')).toMatchObject([{ to: 'bob', from: 'ann', kind: 'assigned', by: 'boss' }]);
    expect(vote(run, 'ann')).toMatchObject({ code: 'task.already-claimed' });
    expect(give(run, 'bob', 'boss', 'assigned')).toEqual({ ok: true });
    expect(run.all('HumanTaskAssigned')).toHaveLength(1);
  });

  test('H11 only who has it delegates it', () => {
    const run = task();
    expect(give(run, 'bob', 'ann', 'delegated')).toMatchObject({ code: 'task.not-claimant' });
    claim(run, 'ann');
    expect(give(run, 'bob', 'ann', 'delegated')).toEqual({ ok: true });
    expect(run.last.effects).toMatchObject([
      { type: 'ChangeHumanTask', change: { holders: [{ by: 'bob', how: 'delegated', from: 'ann' }], freeSeats: 0 } },
    ]);
  });

  test('H11 of several seats a free one is taken, and otherwise the oldest or the one that is named', () => {
    const run = task({ quorum: literal(2) });
    claim(run, 'ann');
    give(run, 'bob', 'boss', 'assigned');
    expect(holders(run)).toEqual(['ann', 'bob']);
    give(run, 'cleo', 'boss', 'assigned');
    expect(holders(run)).toEqual(['bob', 'cleo']);
    give(run, 'dan', 'boss', 'assigned', 'cleo');
    expect(holders(run)).toEqual(['bob', 'dan']);
    expect(give(run, 'eve', 'boss', 'assigned', 'cleo')).toMatchObject({ code: 'task.not-claimant' });
  });
});

describe('time', () => {
  test('H12 reminders are timers around the due moment that move nothing', () => {
    const run = task({ due: literal('1h'), reminders: literal(['-30m', '2h', '-5h']) });
    expect([...run.state.timers.values()].map(({ purpose, fireAt }) => [purpose, fireAt])).toEqual([
      ['reminder', 1_801_001],
      ['reminder', 10_801_001],
    ]);
    expect(run.send({ type: 'FireTimer', timer: timerId('h#1!reminder1') })).toEqual({ ok: true });
    expect(run.state.steps.has(h)).toBe(true);
    expect(run.last.effects).toMatchObject([{ type: 'ChangeHumanTask' }]);
    vote(run, 'ann');
    expect(run.state.timers.size).toBe(0);
  });

  test('H7 the deadline takes the reminders and the escalation ahead with it', () => {
    const run = task({
      due: literal('1h'),
      deadline: literal('2h'),
      reminders: literal(['2h', '3h']),
      escalateAfter: literal('4h'),
      escalateTo: literal(['boss']),
    });
    run.send({ type: 'FireTimer', timer: timerId('h#1!deadline1') });
    expect(run.state.timers.size).toBe(0);
    const cleared = run.last.effects.flatMap((effect) => (effect.type === 'ClearTimer' ? [effect.timer] : []));
    expect(cleared).toEqual(expect.arrayContaining(['h#1!reminder1', 'h#1!reminder2', 'h#1!escalation1']));
  });

  test('H13 an escalation adds candidates and frees the seats, and what was voted stays', () => {
    const run = task({
      quorum: literal(2),
      candidates: literal(['team']),
      escalateAfter: literal('1h'),
      escalateTo: literal(['boss']),
      escalatePriority: literal(90),
    });
    vote(run, 'ann');
    claim(run, 'bob');
    run.send({ type: 'FireTimer', timer: timerId('h#1!escalation1') });
    expect(run.all('HumanTaskEscalated')).toMatchObject([{ to: ['boss'], priority: 90 }]);
    expect(run.last.effects).toMatchObject([
      {
        type: 'ChangeHumanTask',
        change: { holders: [], candidates: ['team', 'boss'], priority: 90, votes: [{ by: 'ann' }], freeSeats: 1 },
      },
    ]);
    expect(run.all('HumanTaskCreated')[0]?.task).toMatchObject({ candidates: ['team'], priority: 50 });
    vote(run, 'boss');
    expect(run.state.output).toMatchObject({ outcome: 'approve', votes: [{ by: 'ann' }, { by: 'boss' }] });
  });

  test('H13 to everybody nobody can be added', () => {
    const run = task({ escalateAfter: literal('1h'), escalateTo: literal(['boss']) });
    run.send({ type: 'FireTimer', timer: timerId('h#1!escalation1') });
    expect(run.last.effects).toMatchObject([{ change: { candidates: [] } }]);
  });
});
