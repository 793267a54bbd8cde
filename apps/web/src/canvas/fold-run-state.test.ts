import { executionId, frameId, instanceId, stepKey, type EventBody, type HistoryEvent } from '@perdure/engine';
import { edgeId, nodeId, portId } from '@perdure/graph';
import { describe, expect, test } from 'vitest';
import { foldRunState, RunFold } from './fold-run-state.ts';

const history = (...bodies: EventBody[]): HistoryEvent[] => bodies.map((body, i) => ({ seq: i + 1, at: 1000 + i, ...body }));
const root = frameId('');
const opening = (node: string, via: string | null, visit = 1) => ({
  step: stepKey(`${node}#${visit}`),
  node: nodeId(node),
  frame: root,
  via: via === null ? null : edgeId(via),
});
const started: EventBody = {
  type: 'ExecutionStarted',
  executionId: executionId('x'),
  workflow: 'order',
  version: 1,
  input: {},
  tags: [],
  startedBy: 'api',
  parent: null,
};
const scheduled = (node: string, via: string | null, attempt = 1, visit = 1): EventBody => ({
  type: 'TaskScheduled',
  activity: 'http',
  attempt,
  queue: null,
  ...opening(node, via, visit),
});
const failure = { code: 'HttpStatus.503', message: '503 Unavailable' };

describe('foldRunState', () => {
  test('an activity runs, its edge is active; it completes, its edge is taken', () => {
    const events = history(started, scheduled('credit', 'e1'), {
      type: 'TaskCompleted',
      step: stepKey('credit#1'),
      attempt: 1,
      output: 742,
    });
    const before = foldRunState(events.slice(0, 2));
    expect(before.nodes.get(nodeId('credit'))).toMatchObject({ status: 'running', visits: 1, attempt: 1, openSteps: 1 });
    expect(before.edges.get(edgeId('e1'))).toEqual({ taken: 1, active: true });
    const after = foldRunState(events);
    expect(after.nodes.get(nodeId('credit'))).toMatchObject({ status: 'completed', openSteps: 0, failure: null });
    expect(after.edges.get(edgeId('e1'))).toEqual({ taken: 1, active: false });
    expect(after.seq).toBe(3);
  });

  test('a failed attempt waits for its retry, then runs again as the same visit', () => {
    const events = history(
      started,
      scheduled('credit', 'e1'),
      { type: 'TaskFailed', step: stepKey('credit#1'), attempt: 1, failure, retry: true },
      { type: 'TimerCreated', timer: 'credit#1!retry2' as never, step: stepKey('credit#1'), purpose: 'retry', fireAt: 9000 },
      { type: 'TimerFired', timer: 'credit#1!retry2' as never, step: stepKey('credit#1'), purpose: 'retry' },
      scheduled('credit', 'e1', 2),
    );
    expect(foldRunState(events.slice(0, 4)).nodes.get(nodeId('credit'))).toMatchObject({
      status: 'waiting',
      wait: { kind: 'retry', until: 9000 },
      failure,
    });
    expect(foldRunState(events).nodes.get(nodeId('credit'))).toMatchObject({ status: 'running', attempt: 2, visits: 1, wait: null });
    expect(foldRunState(events).edges.get(edgeId('e1'))?.taken).toBe(1);
  });

  test('the last failure closes the step', () => {
    const state = foldRunState(
      history(started, scheduled('credit', 'e1'), { type: 'TaskFailed', step: stepKey('credit#1'), attempt: 1, failure, retry: false }),
    );
    expect(state.nodes.get(nodeId('credit'))).toMatchObject({ status: 'failed', failure, openSteps: 0 });
  });

  test('1: a node with one running and one waiting step is running', () => {
    const state = foldRunState(
      history(started, scheduled('reserve', 'e1', 1, 1), scheduled('reserve', 'e1', 1, 2), {
        type: 'TimerCreated',
        timer: 't' as never,
        step: stepKey('reserve#1'),
        purpose: 'retry',
        fireAt: 5,
      }),
    );
    expect(state.nodes.get(nodeId('reserve'))).toMatchObject({ status: 'running', openSteps: 2, visits: 2, wait: null });
  });

  test('conditions and decided tasks remember the exit they took', () => {
    const state = foldRunState(
      history(
        started,
        { type: 'ConditionTaken', port: portId('large'), ...opening('check', 'e1') },
        {
          type: 'HumanTaskCreated',
          task: {
            title: '',
            description: null,
            context: null,
            candidates: [],
            priority: 50,
            formSchema: null,
            outcomes: [],
            dueAt: null,
            deadlineAt: null,
          },
          ...opening('approve', 'e2'),
        },
        { type: 'HumanTaskClaimed', step: stepKey('approve#1'), by: 'u1' },
      ),
    );
    expect(state.nodes.get(nodeId('check'))).toMatchObject({ status: 'completed', ports: ['large'] });
    expect(state.nodes.get(nodeId('approve'))).toMatchObject({ status: 'waiting', wait: { kind: 'task', claimedBy: 'u1' } });
  });

  test('a deadline closes a task through overdue', () => {
    const state = foldRunState(
      history(
        started,
        {
          type: 'HumanTaskCreated',
          task: {
            title: '',
            description: null,
            context: null,
            candidates: [],
            priority: 50,
            formSchema: null,
            outcomes: [],
            dueAt: null,
            deadlineAt: 5,
          },
          ...opening('approve', 'e2'),
        },
        { type: 'TimerFired', timer: 't' as never, step: stepKey('approve#1'), purpose: 'deadline' },
      ),
    );
    expect(state.nodes.get(nodeId('approve'))).toMatchObject({ status: 'completed', ports: ['overdue'] });
  });

  test('a join counts the tokens of its pass and starts again after firing', () => {
    const reached = (via: string): EventBody => ({ type: 'JoinReached', node: nodeId('all'), frame: root, via: edgeId(via) });
    const fired: EventBody = { type: 'JoinFired', step: stepKey('all#1'), node: nodeId('all'), frame: root, pass: 1 };
    const events = history(started, reached('a'), reached('b'), fired, reached('a'));
    expect(foldRunState(events.slice(0, 3)).nodes.get(nodeId('all'))).toMatchObject({ status: 'waiting', arrived: 2 });
    expect(foldRunState(events.slice(0, 4)).nodes.get(nodeId('all'))).toMatchObject({ status: 'completed', arrived: 0, visits: 1 });
    expect(foldRunState(events).nodes.get(nodeId('all'))).toMatchObject({ status: 'waiting', arrived: 1 });
    expect(foldRunState(events).edges.get(edgeId('a'))?.taken).toBe(2);
  });

  test('a for each counts its items', () => {
    const pass = (index: number): { frame: ReturnType<typeof frameId>; step: ReturnType<typeof stepKey>; index: number } => ({
      frame: frameId(`each#1[${index}]/`),
      step: stepKey('each#1'),
      index,
    });
    const events = history(
      started,
      { type: 'ContainerEntered', container: 'forEach', count: 3, ...opening('each', 'e1') },
      { type: 'PassStarted', ...pass(0) },
      { type: 'PassStarted', ...pass(1) },
      { type: 'PassEnded', ...pass(0), output: null },
      { type: 'PassEnded', ...pass(1), output: null, failure },
    );
    expect(foldRunState(events).nodes.get(nodeId('each'))?.items).toEqual({ done: 2, failed: 1, running: 0, total: 3 });
  });

  test('suspended steps show it, and run on when resumed', () => {
    const events = history(
      started,
      scheduled('credit', 'e1'),
      { type: 'ExecutionSuspended', reason: '', by: 'u' },
      { type: 'ExecutionResumed', reason: '', by: 'u' },
    );
    expect(foldRunState(events.slice(0, 3)).nodes.get(nodeId('credit'))?.status).toBe('suspended');
    expect(foldRunState(events).nodes.get(nodeId('credit'))?.status).toBe('running');
  });

  test('what is open when the instance ends is canceled', () => {
    const state = foldRunState(
      history(started, scheduled('credit', 'e1'), { type: 'ExecutionTerminated', reason: '', by: 'u', output: null }),
    );
    expect(state.finished).toBe('Terminated');
    expect(state.nodes.get(nodeId('credit'))?.status).toBe('canceled');
    expect(state.edges.get(edgeId('e1'))?.active).toBe(false);
  });

  test('batches in any cut, also overlapping ones, give what the whole history gives', () => {
    const events = history(
      started,
      scheduled('a', 'e1'),
      { type: 'TaskCompleted', step: stepKey('a#1'), attempt: 1, output: 1 },
      scheduled('b', 'e2'),
      { type: 'TaskFailed', step: stepKey('b#1'), attempt: 1, failure, retry: false },
    );
    for (let cut = 0; cut <= events.length; cut += 1) {
      const fold = new RunFold();
      fold.apply(events.slice(0, cut));
      fold.apply(events.slice(Math.max(0, cut - 2)));
      expect(fold.state()).toEqual(foldRunState(events));
    }
  });

  test('apply names what looks different now', () => {
    const fold = new RunFold();
    const events = history(started, scheduled('a', 'e1'), { type: 'TaskCompleted', step: stepKey('a#1'), attempt: 1, output: 1 });
    fold.apply(events.slice(0, 1));
    const changes = fold.apply(events);
    expect([...changes.nodes]).toEqual(['a']);
    expect([...changes.edges]).toEqual(['e1']);
  });

  test('entities: a call waits, a signal passes, a critical section waits for its locks first', () => {
    const entity = instanceId('@account@ann');
    const events = history(
      started,
      { type: 'EntityOperationSignaled', ...opening('tell', 'e1'), entity, operation: 'add', input: 1, fireAt: null },
      { type: 'ContainerEntered', ...opening('both', 'e2'), container: 'scope' },
      { type: 'EntityLockRequested', step: stepKey('both#1'), lock: 'x', entities: [entity] },
      { type: 'EntityOperationCalled', ...opening('ask', 'e3'), request: 'r', entity, operation: 'get', input: null },
      { type: 'EntityLockGranted', step: stepKey('both#1') },
      { type: 'EntityOperationFailed', step: stepKey('ask#1'), failure: { code: 'Insufficient', message: 'too little' } },
    );
    const waiting = foldRunState(events.slice(0, 5)).nodes;
    expect(waiting.get(nodeId('tell'))).toMatchObject({ status: 'completed' });
    expect(waiting.get(nodeId('both'))).toMatchObject({ status: 'waiting', wait: { kind: 'lock', entities: [entity] } });
    expect(waiting.get(nodeId('ask'))).toMatchObject({ status: 'waiting', wait: { kind: 'entity', entity } });
    const after = foldRunState(events).nodes;
    expect(after.get(nodeId('both'))).toMatchObject({ status: 'running', wait: null });
    expect(after.get(nodeId('ask'))).toMatchObject({ status: 'failed', failure: { code: 'Insufficient' } });
  });

  test('a rewind opens again what the failure closed; a step that failed without having been open is visited once more', () => {
    const events = history(
      started,
      scheduled('credit', 'e1'),
      scheduled('ship', 'e2'),
      { type: 'TaskFailed', step: stepKey('credit#1'), attempt: 1, failure, retry: false },
      { type: 'StepFailed', failure, ...opening('refuse', 'e3') },
      { type: 'ExecutionCompleted', status: 'Failed', output: null, failure },
      { type: 'ExecutionRewound', reason: '', by: 'ada' },
      { type: 'StepFailed', failure, ...opening('refuse', 'e3', 2) },
    ).map((event, i) => ({ ...event, at: i < 3 ? 1_000 : i < 6 ? 2_000 : 3_000 })); // one moment for each turn
    const failed = foldRunState(events.slice(0, 6));
    expect([failed.finished, failed.nodes.get(nodeId('ship'))?.status]).toEqual(['Failed', 'canceled']);
    const rewound = foldRunState(events);
    expect(rewound.finished).toBeNull();
    expect(rewound.nodes.get(nodeId('credit'))).toMatchObject({ status: 'running', openSteps: 1, visits: 1 });
    expect(rewound.nodes.get(nodeId('ship'))).toMatchObject({ status: 'running', openSteps: 1 });
    expect(rewound.edges.get(edgeId('e2'))).toEqual({ taken: 1, active: true });
    expect(rewound.nodes.get(nodeId('refuse'))).toMatchObject({ status: 'failed', openSteps: 0, visits: 2 });
  });

  test('a migration goes on under the new ids', () => {
    const state = foldRunState(
      history(
        started,
        scheduled('credit', 'e1'),
        {
          type: 'VersionMigrated',
          version: 2,
          nodes: { [nodeId('credit')]: nodeId('score') },
          edges: { [edgeId('e1')]: edgeId('e9') },
          joins: [],
          reason: '',
          by: 'ada',
        },
        { type: 'TaskCompleted', step: stepKey('credit#1'), attempt: 1, output: 1 },
      ),
    );
    expect(state.nodes.has(nodeId('credit'))).toBe(false);
    expect(state.nodes.get(nodeId('score'))).toMatchObject({ status: 'completed', visits: 1, openSteps: 0 });
    expect(state.edges.get(edgeId('e9'))).toEqual({ taken: 1, active: false });
  });

  test('a step skipped by hand is completed and left by the chosen port', () => {
    const state = foldRunState(
      history(started, scheduled('credit', 'e1'), {
        type: 'StepSkippedByHand',
        step: stepKey('credit#1'),
        port: portId('out'),
        output: null,
        reason: 'known',
        by: 'ada',
      }),
    );
    expect(state.nodes.get(nodeId('credit'))).toMatchObject({ status: 'completed', openSteps: 0, ports: ['out'] });
  });
});
