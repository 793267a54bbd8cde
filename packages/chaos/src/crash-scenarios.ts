/** Short stories of one instance each, for the crash points: what callers do, and what must come out the same wherever a worker fails in between. */
import { stepKey, type CommandBody } from '@perdure/engine';
import { portId, type WorkflowDocument } from '@perdure/graph';
import { drawWorkflow, eventually } from '@perdure/testing';
import { approval } from './loads/approval.ts';
import { chain } from './loads/chain.ts';
import { counter } from './loads/counter.ts';
import { drillStep } from './loads/drill-step.ts';
import { event } from './loads/event.ts';
import { family } from './loads/family.ts';
import { mended } from './loads/mended.ts';
import { nap } from './loads/nap.ts';
import { queued } from './loads/queued.ts';
import { votes } from './loads/votes.ts';
import type { Scene } from './scene.ts';

export interface CrashScenario {
  name: string;
  workflows: Readonly<Record<string, WorkflowDocument>>;
  /** Starts the instance, does what callers do, and resolves when it has ended. */
  play(scene: Scene, id: string): Promise<void>;
}

const end = (expr: string) => ({ type: 'end', config: { value: { expr } } });
const start = { type: 'start' };

/** The shape of the order-approval sample: parallel checks, one of which fails once; a short wait; a person with a deadline; one more step. */
const orderApproval = drawWorkflow(
  {
    start,
    credit: drillStep('echo/10/credit'),
    stock: drillStep('flaky/1/stock', { attempts: 4 }),
    fraud: drillStep('echo/25/fraud'),
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
    ship: drillStep('echo/10/shipped'),
    done: end('{ "checks": vars.checks, "by": steps.ask.output.by, "shipping": steps.ship.output.body }'),
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

/** In the order of what they are worth: `verify` plays the first eight. */
export const crashScenarios: readonly CrashScenario[] = [
  {
    name: 'order-approval',
    workflows: { 'order-approval': orderApproval },
    async play(scene, id) {
      await scene.start('order-approval', id);
      await asks(scene, id);
      await tell(scene, id, decision('ask#1', 'approved'));
      await scene.ended(id);
    },
  },
  plain('chain', chain.workflows),
  plain('family', family.workflows),
  {
    name: 'event',
    workflows: event.workflows,
    async play(scene, id) {
      await scene.start('event', id);
      await tell(scene, id, raised('go'));
      await scene.ended(id);
    },
  },
  plain('counter', counter.workflows, { numbers: [3, 5, 8] }),
  {
    name: 'large',
    workflows: {
      large: drawWorkflow(
        {
          start,
          fetch: drillStep('large/100/'),
          keep: { type: 'setVariables', config: { variables: { copy: { expr: 'steps.fetch.output.body & input.text' } } } },
          after: drillStep('echo/5/z'),
          done: end('$length(vars.copy)'),
        },
        ['start -> fetch', 'fetch -> keep', 'keep -> after', 'after -> done'],
      ),
    },
    async play(scene, id) {
      // Another text each time: a worker keeps what it has read.
      await scene.start('large', id, { text: id.padEnd(80_000, 'y') });
      await scene.ended(id);
    },
  },
  {
    name: 'suspended',
    workflows: {
      suspended: drawWorkflow(
        {
          start,
          work: drillStep('echo/10/a'),
          wait: { type: 'event', config: { name: 'go' } },
          after: drillStep('echo/5/b'),
          done: end('steps.after.output.body'),
        },
        ['start -> work', 'work -> wait', 'wait -> after', 'after -> done'],
      ),
    },
    async play(scene, id) {
      await scene.start('suspended', id);
      await has(scene, id, 'EventAwaited');
      await tell(scene, id, { type: 'Suspend', reason: 'look', by: 'ann' });
      await tell(scene, id, raised('go'));
      await tell(scene, id, { type: 'Resume', reason: 'seen', by: 'ann' });
      await scene.ended(id);
    },
  },
  {
    name: 'terminated-family',
    workflows: {
      'long-child': drawWorkflow(
        { start, work: drillStep('echo/10/a'), wait: { type: 'event', config: { name: 'never' } }, done: { type: 'end' } },
        ['start -> work', 'work -> wait', 'wait -> done'],
      ),
      'terminated-family': drawWorkflow(
        { start, child: { type: 'subWorkflow', config: { workflow: 'long-child' } }, done: { type: 'end' } },
        ['start -> child', 'child -> done'],
      ),
    },
    async play(scene, id) {
      await scene.start('terminated-family', id);
      await eventually(
        `the child of ${id} waits`,
        async () => {
          const rows = await scene.rows(
            `SELECT 1 FROM instance i JOIN history_event h ON h.instance_id = i.id AND h.type = 'EventAwaited' WHERE i.parent_instance_id = $1`,
            [id],
          );
          return rows.length > 0 || undefined;
        },
        60_000,
      );
      await tell(scene, id, { type: 'Terminate', reason: 'enough', by: 'ann', recursive: true });
      await scene.ended(id);
      await familyEnded(scene, id);
    },
  },
  {
    name: 'voted',
    workflows: votes.workflows,
    async play(scene, id) {
      await scene.start('votes', id);
      await has(scene, id, 'TimerFired');
      for (const by of ['ann', 'bob']) await tell(scene, id, decision('ask#1', 'approved', by));
      await scene.ended(id);
    },
  },
  {
    name: 'rewound',
    workflows: mended.workflows,
    async play(scene, id) {
      await scene.start('mended', id);
      await scene.ended(id);
      await tell(scene, id, { type: 'Rewind', reason: 'mended', by: 'ann' });
      await tell(scene, id, decision('ask#1', 'approved'));
      await scene.ended(id);
    },
  },
  plain('nap', nap.workflows),
  plain('queued', queued.workflows),
  {
    name: 'decided',
    workflows: approval.workflows,
    async play(scene, id) {
      await scene.start('approval', id);
      await asks(scene, id);
      await tell(scene, id, { type: 'ClaimHumanTask', step: stepKey('ask#1'), by: 'ann' });
      await tell(scene, id, { type: 'ReleaseHumanTask', step: stepKey('ask#1'), by: 'ann' });
      await tell(scene, id, { type: 'ClaimHumanTask', step: stepKey('ask#1'), by: 'ann' });
      await tell(scene, id, decision('ask#1', 'rejected'));
      await scene.ended(id);
    },
  },
  plain('overdue', {
    overdue: drawWorkflow(
      {
        start,
        ask: { type: 'humanTask', config: { title: 'Now?', deadline: '200ms', outcomes: [{ key: 'yes', label: 'Yes', tone: 'primary' }] } },
        late: drillStep('echo/5/late'),
        done: end('steps.late.output.body'),
        agreed: { type: 'end' },
      },
      ['start -> ask', 'ask.overdue -> late', 'late -> done', 'ask.yes -> agreed'],
    ),
  }),
  plain('event-timeout', {
    'event-timeout': drawWorkflow(
      {
        start,
        wait: { type: 'event', config: { name: 'go', timeout: '150ms' } },
        late: drillStep('echo/5/late'),
        came: { type: 'end' },
        done: end('steps.late.output.body'),
      },
      ['start -> wait', 'wait -> came', 'wait.timeout -> late', 'late -> done'],
    ),
  }),
  plain('gives-up', {
    'gives-up': drawWorkflow(
      {
        start,
        work: drillStep('flaky/9/a', { attempts: 3 }),
        mend: drillStep('echo/5/mended'),
        fine: { type: 'end' },
        done: end('steps.mend.output.body & error.code'),
      },
      ['start -> work', 'work -> fine', 'work.error -> mend', 'mend -> done'],
    ),
  }),
  plain('fails', {
    fails: drawWorkflow(
      {
        start,
        side: { type: 'timer', config: { mode: 'for', value: '1h' } },
        work: drillStep('flaky/9/a', { attempts: 2 }),
        done: { type: 'end' },
        other: { type: 'end' },
      },
      ['start -> side', 'side -> other', 'start -> work', 'work -> done'],
    ),
  }),
  plain('child-fails', {
    'failing-child': drawWorkflow({ start, work: drillStep('flaky/9/a'), done: { type: 'end' } }, ['start -> work', 'work -> done']),
    'child-fails': drawWorkflow(
      {
        start,
        child: { type: 'subWorkflow', config: { workflow: 'failing-child' } },
        mend: drillStep('echo/5/m'),
        fine: { type: 'end' },
        done: end('steps.mend.output.body'),
      },
      ['start -> child', 'child -> fine', 'child.error -> mend', 'mend -> done'],
    ),
  }),
  plain('grandchild', {
    ...family.workflows,
    grandchild: drawWorkflow({ start, child: { type: 'subWorkflow', config: { workflow: 'family' } }, done: end('steps.child.output') }, [
      'start -> child',
      'child -> done',
    ]),
  }),
  plain('detached', {
    ...chain.workflows,
    detached: drawWorkflow(
      {
        start,
        child: { type: 'subWorkflow', config: { workflow: 'chain', wait: false } },
        after: drillStep('echo/5/a'),
        done: end('steps.after.output.body'),
      },
      ['start -> child', 'child -> after', 'after -> done'],
    ),
  }),
  plain('parallel', {
    parallel: drawWorkflow(
      {
        start,
        each: { type: 'forEach', config: { items: { expr: '[1, 2, 3, 4]' }, mode: 'parallel', concurrency: 2 } },
        work: { ...drillStep('echo/10/p'), parent: 'each' },
        one: { ...end('item * 10'), parent: 'each' },
        done: end('$sum(steps.each.output)'),
      },
      ['start -> each', 'each.body -> work', 'work -> one', 'each -> done'],
    ),
  }),
  plain('tolerant', {
    tolerant: drawWorkflow(
      {
        start,
        each: { type: 'forEach', config: { items: { expr: '[1, 2, 3]' }, mode: 'sequential', errorTolerance: 1 } },
        odd: { type: 'condition', parent: 'each', config: { cases: [{ key: 'two', label: 'Two', when: 'item = 2' }] } },
        bad: { type: 'fail', parent: 'each', config: { code: 'Two', message: 'no' } },
        work: { ...drillStep('echo/5/p'), parent: 'each' },
        done: end('$count(steps.each.output)'),
      },
      ['start -> each', 'each.body -> odd', 'odd.two -> bad', 'odd.otherwise -> work', 'each -> done'],
    ),
  }),
  plain('loop', {
    loop: drawWorkflow(
      {
        start,
        zero: { type: 'setVariables', config: { variables: { n: 0 } } },
        again: { type: 'loop', config: { mode: 'until', condition: 'vars.n >= 3' } },
        work: { ...drillStep('echo/5/p'), parent: 'again' },
        add: { type: 'setVariables', parent: 'again', config: { variables: { n: { expr: 'vars.n + 1' } } } },
        done: end('vars.n'),
      },
      ['start -> zero', 'zero -> again', 'again.body -> work', 'work -> add', 'again -> done'],
    ),
  }),
  plain('caught', {
    caught: drawWorkflow(
      {
        start,
        box: { type: 'scope', config: { catches: [{ key: 'oops', label: 'Any error' }] } },
        side: { ...drillStep('echo/3000/s'), parent: 'box' },
        work: { ...drillStep('flaky/9/a', { attempts: 2 }), parent: 'box' },
        mend: drillStep('echo/5/m'),
        fine: { type: 'end' },
        done: end('steps.mend.output.body'),
      },
      ['start -> box', 'box.body -> side', 'box.body -> work', 'box -> fine', 'box.oops -> mend', 'mend -> done'],
    ),
  }),
  plain('scope-timeout', {
    'scope-timeout': drawWorkflow(
      {
        start,
        box: { type: 'scope', config: { catches: [{ key: 'oops', label: 'Any error' }], timeout: '200ms' } },
        wait: { type: 'event', parent: 'box', config: { name: 'never' } },
        mend: drillStep('echo/5/m'),
        fine: { type: 'end' },
        done: end('steps.mend.output.body'),
      },
      ['start -> box', 'box.body -> wait', 'box -> fine', 'box.oops -> mend', 'mend -> done'],
    ),
  }),
  plain('first-of-two', {
    'first-of-two': drawWorkflow(
      {
        start,
        fast: drillStep('echo/10/f'),
        slow: { type: 'event', config: { name: 'never' } },
        first: { type: 'join', config: { mode: 'any', cancelRest: true } },
        after: drillStep('echo/5/a'),
        done: end('steps.after.output.body'),
      },
      ['start -> fast', 'start -> slow', 'fast -> first', 'slow -> first', 'first -> after', 'after -> done'],
    ),
  }),
  plain('two-of-three', {
    'two-of-three': drawWorkflow(
      {
        start,
        a: drillStep('echo/5/a'),
        b: drillStep('echo/5/b'),
        never: { type: 'event', config: { name: 'never' } },
        some: { type: 'join', config: { mode: 'count', count: 2, cancelRest: true } },
        after: drillStep('echo/5/z'),
        done: end('steps.after.output.body'),
      },
      ['start -> a', 'start -> b', 'start -> never', 'a -> some', 'b -> some', 'never -> some', 'some -> after', 'after -> done'],
    ),
  }),
  plain(
    'cancels-child',
    {
      'waiting-child': drawWorkflow({ start, wait: { type: 'event', config: { name: 'never' } }, done: { type: 'end' } }, [
        'start -> wait',
        'wait -> done',
      ]),
      'cancels-child': drawWorkflow(
        {
          start,
          fast: drillStep('echo/150/f'),
          child: { type: 'subWorkflow', config: { workflow: 'waiting-child' } },
          first: { type: 'join', config: { mode: 'any', cancelRest: true } },
          after: drillStep('echo/5/a'),
          done: end('steps.after.output.body'),
        },
        ['start -> fast', 'start -> child', 'fast -> first', 'child -> first', 'first -> after', 'after -> done'],
      ),
    },
    {},
    familyEnded,
  ),
  {
    name: 'early-event',
    workflows: {
      'early-event': drawWorkflow(
        {
          start,
          nap: { type: 'timer', config: { mode: 'for', value: '200ms' } },
          wait: { type: 'event', config: { name: 'go' } },
          done: end('steps.wait.output'),
        },
        ['start -> nap', 'nap -> wait', 'wait -> done'],
      ),
    },
    async play(scene, id) {
      await scene.start('early-event', id);
      await tell(scene, id, raised('go'));
      await scene.ended(id);
    },
  },
  {
    name: 'replaced',
    workflows: { ...chain.workflows },
    async play(scene, id) {
      await scene.start('chain', id);
      await scene.ended(id);
      // The second execution takes the first one's place, in one commit with its removal.
      const [first] = await scene.rows<{ execution_id: string }>('SELECT execution_id FROM instance WHERE id = $1', [id]);
      await eventually(
        `${id} is replaced`,
        async () => {
          await scene.start('chain', id, {}, ['Completed']);
          const [row] = await scene.rows<{ execution_id: string }>('SELECT execution_id FROM instance WHERE id = $1', [id]);
          return (row !== undefined && row.execution_id !== first?.execution_id) || undefined;
        },
        60_000,
      );
      await scene.ended(id);
    },
  },
  plain('pure', {
    pure: drawWorkflow(
      {
        start,
        shape: { type: 'transform', config: { value: { sum: { expr: '$sum([1..10].($ * 2))' } } } },
        status: { type: 'setStatus', config: { value: 'counting' } },
        which: { type: 'condition', config: { cases: [{ key: 'much', label: 'Much', when: 'steps.shape.output.sum > 100' }] } },
        work: drillStep('echo/5/m'),
        little: { type: 'end' },
        done: end('steps.shape.output.sum'),
      },
      ['start -> shape', 'shape -> status', 'status -> which', 'which.much -> work', 'which.otherwise -> little', 'work -> done'],
    ),
  }),
  plain('many-timers', {
    'many-timers': drawWorkflow(
      {
        start,
        each: { type: 'forEach', config: { items: { expr: '[60, 90, 120]' }, mode: 'parallel' } },
        nap: { type: 'timer', parent: 'each', config: { mode: 'for', value: { expr: 'item' } } },
        done: end('$count(steps.each.output)'),
      },
      ['start -> each', 'each.body -> nap', 'each -> done'],
    ),
  }),
];

/** A scenario in which callers only start, and wait. */
function plain(
  name: string,
  workflows: CrashScenario['workflows'],
  input: Parameters<Scene['start']>[2] = {},
  also?: (scene: Scene, id: string) => Promise<void>,
): CrashScenario {
  return {
    name,
    workflows,
    async play(scene, id) {
      await scene.start(name, id, input);
      await scene.ended(id);
      await also?.(scene, id);
    },
  };
}

async function tell(scene: Scene, id: string, command: CommandBody): Promise<void> {
  const result = await scene.send(id, command);
  if (!result.ok) throw new Error(`${id} refused ${command.type}: ${result.code}`);
}

function raised(name: string): CommandBody {
  return { type: 'RaiseEvent', id: `e-${name}`, name, data: { n: 1 }, by: 'drill' };
}

function decision(step: string, outcome: string, by = 'ann'): CommandBody {
  return { type: 'DecideHumanTask', step: stepKey(step), outcome: portId(outcome), data: null, comment: null, by };
}

async function asks(scene: Scene, id: string): Promise<void> {
  await eventually(
    `${id} asks`,
    async () => (await scene.rows('SELECT 1 FROM human_task WHERE instance_id = $1', [id])).length > 0 || undefined,
    60_000,
  );
}

async function has(scene: Scene, id: string, type: string): Promise<void> {
  await eventually(
    `${id} has ${type}`,
    async () => (await scene.rows('SELECT 1 FROM history_event WHERE instance_id = $1 AND type = $2', [id, type])).length > 0 || undefined,
    60_000,
  );
}

async function familyEnded(scene: Scene, id: string): Promise<void> {
  const children = await scene.rows<{ id: string }>('SELECT id FROM instance WHERE parent_instance_id = $1', [id]);
  for (const child of children) await scene.ended(child.id);
}
