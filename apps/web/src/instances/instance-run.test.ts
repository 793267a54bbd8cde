import { encodeState, evolve, initialState, instanceId, type EventBody, type HistoryEvent } from '@perdure/engine';
import { edgeId, nodeId, portId, type WorkflowDocument } from '@perdure/graph';
import { describe, expect, it, vi } from 'vitest';
import { foldRunState } from '../canvas/fold-run-state.ts';
import { InstanceRun, type RunSource } from './instance-run.ts';
import { pictureOfState } from './picture-of-state.ts';

// Node has no screen: a frame is drawn when the test lets it.
vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 0));
vi.stubGlobal('cancelAnimationFrame', (frame: ReturnType<typeof setTimeout>) => clearTimeout(frame));

const document: WorkflowDocument = {
  formatVersion: 1,
  nodes: [
    { id: nodeId('start'), type: 'start', title: 'Start', parent: null, position: { x: 0, y: 0 }, config: {} },
    { id: nodeId('go'), type: 'event', title: 'Go', parent: null, position: { x: 0, y: 90 }, config: { name: 'go' } },
  ],
  edges: [{ id: edgeId('e1'), source: nodeId('start'), sourcePort: portId('out'), target: nodeId('go') }],
};

/** A node that waits for an event again and again: 4 events a round, every 50th of them ends in a failure. */
function longHistory(rounds: number): HistoryEvent[] {
  const bodies: object[] = [
    { type: 'ExecutionStarted', executionId: 'x', workflow: 'w', version: 1, input: null, tags: [], startedBy: 'api', parent: null },
  ];
  for (let round = 1; round <= rounds; round += 1) {
    const step = `go#${round}`;
    bodies.push(
      { type: 'EventAwaited', name: 'go', step, node: 'go', frame: '', via: 'e1' },
      { type: 'EventRaised', id: `r${round}`, name: 'go', data: round, by: 'api' },
      { type: 'EventReceived', step, raised: bodies.length + 2 },
      round % 50 === 0
        ? { type: 'StepFailed', step: `bad#${round}`, node: 'bad', frame: '', via: null, failure: { code: 'Bad', message: 'bad' } }
        : { type: 'VariablesSet', values: { round }, step: `set#${round}`, node: 'set', frame: '', via: null },
    );
  }
  return bodies.map((body, at) => ({ seq: at + 1, at: (at + 1) * 10, ...(body as EventBody) })); // plain objects stand for the branded ids
}

/** The same numbers for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Steps of every kind opened and closed at random, with retries, joins, items, suspensions, cancelled tokens and rewinds among them. */
function randomHistory(seed: number, length: number): HistoryEvent[] {
  const random = randomFrom(seed);
  const bodies: object[] = [
    { type: 'ExecutionStarted', executionId: 'x', workflow: 'w', version: 1, input: null, tags: [], startedBy: 'api', parent: null },
  ];
  const open: { step: string; kind: string }[] = [];
  const opening = (step: string, node: string) => ({ step, node, frame: '', via: `to-${node}` });
  const failure = { code: 'Bad', message: 'bad' };
  while (bodies.length < length) {
    const number = bodies.length;
    const at = random(Math.max(1, open.length));
    const chosen = open[at];
    const choice = random(10);
    if (chosen === undefined || choice < 3) {
      const kind = ['task', 'event', 'items'][random(3)] ?? 'task';
      const step = `${kind}-${random(4)}#${number}`;
      const where = opening(step, step.split('#')[0] ?? '');
      open.push({ step, kind });
      if (kind === 'task') bodies.push({ type: 'TaskScheduled', ...where, activity: 'a', attempt: 1, input: null });
      else if (kind === 'event') bodies.push({ type: 'EventAwaited', ...where, name: 'go' });
      else bodies.push({ type: 'ContainerEntered', ...where, count: 3 });
    } else if (choice < 7) {
      const { step, kind } = chosen;
      if (kind === 'items' && choice < 5) bodies.push({ type: 'PassStarted', step, index: 0, frame: `${step}[0]/`, item: null });
      else if (kind === 'items' && choice < 6) bodies.push({ type: 'PassEnded', step, index: 0, frame: `${step}[0]/` });
      else if (kind === 'task' && choice < 5) bodies.push({ type: 'TaskFailed', step, failure, retry: true });
      else {
        open.splice(at, 1);
        if (kind === 'items') bodies.push({ type: 'ContainerExited', step, port: 'out', output: null });
        else if (kind === 'event') bodies.push({ type: 'EventReceived', step, raised: number });
        else if (choice === 6) bodies.push({ type: 'TaskFailed', step, failure, retry: false });
        else bodies.push({ type: 'TaskCompleted', step, output: null });
      }
    } else if (choice === 7)
      bodies.push(
        random(2) === 0
          ? { type: 'JoinReached', node: 'join', frame: '', via: `to-join-${random(2)}` }
          : { type: 'JoinFired', ...opening(`join#${number}`, 'join'), pass: 1 + random(20) },
      );
    else if (choice === 8) bodies.push({ type: random(2) === 0 ? 'ExecutionSuspended' : 'ExecutionResumed', reason: '', by: 'api' });
    else if (random(8) === 0) bodies.push({ type: 'ExecutionRewound', reason: '', by: 'api' });
    else bodies.push({ type: 'TokenCancelled', steps: [chosen.step], tokens: [] });
  }
  return bodies.map((body, at) => ({ seq: at + 1, at: Math.floor(at / 3) * 10, ...(body as EventBody) })); // plain objects stand for the branded ids
}

function sourceOf(events: HistoryEvent[], asked: string[] = []): RunSource {
  return {
    async checkpointBefore(seq) {
      asked.push(`checkpoint ${seq}`);
      const at = Math.floor(seq / 1_000) * 1_000;
      if (at === 0) return { seq: 0, state: null };
      const state = initialState(instanceId('i'));
      for (const event of events.slice(0, at)) evolve(state, event);
      return { seq: at, state: encodeState(state) };
    },
    async events(afterSeq, limit) {
      asked.push(`events ${afterSeq}`);
      return events.slice(afterSeq, afterSeq + limit);
    },
    async lean(afterSeq, limit) {
      const page = events.slice(afterSeq, afterSeq + limit);
      return { events: page, seq: page.at(-1)?.seq ?? afterSeq, more: afterSeq + page.length < events.length };
    },
  };
}

const drawn = () => new Promise((resolve) => setTimeout(resolve, 0));

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await drawn();
}

async function loaded(events: HistoryEvent[]): Promise<InstanceRun> {
  const run = new InstanceRun('i', document, events.length, sourceOf(events));
  await run.load(false);
  await drawn();
  return run;
}

describe('InstanceRun', () => {
  it('shows at every event what folding the history up to it gives, forwards and backwards', async () => {
    const events = longHistory(1_500);
    const run = await loaded(events);
    for (const seq of [1, 2, 999, 1_000, 1_001, 5_900, 5_899, 2_345, 2_346, 1, 6_001]) {
      run.show(seq);
      await drawn();
      const { nodes, edges } = foldRunState(events.slice(0, seq));
      expect(run.picture.view.getState().nodes, `nodes after ${seq}`).toEqual(nodes);
      expect(run.picture.view.getState().edges, `edges after ${seq}`).toEqual(edges);
    }
    run.show(null);
    await drawn();
    expect(run.picture.view.getState().nodes).toEqual(foldRunState(events).nodes);
  });

  it.each([1, 2, 3])('shows what folding from the start gives, however one jumps through a history of every kind (%i)', async (seed) => {
    const events = randomHistory(seed, 4_321);
    const run = await loaded(events);
    const random = randomFrom(seed * 7);
    let seq = events.length;
    for (let jump = 0; jump < 60; jump += 1) {
      // A step on or back, a short way, or anywhere.
      seq = [seq + 1, seq - 1, seq - random(300), seq + random(300), 1 + random(events.length)][random(5)] ?? 1;
      seq = Math.min(events.length, Math.max(1, seq));
      run.show(seq);
      await drawn();
      const { nodes, edges } = foldRunState(events.slice(0, seq));
      expect(run.picture.view.getState().nodes, `nodes after ${seq}`).toEqual(nodes);
      expect(run.picture.view.getState().edges, `edges after ${seq}`).toEqual(edges);
    }
  });

  it('tells what has grown from what only shows another moment, and draws once for both', async () => {
    const events = longHistory(100);
    const run = await loaded(events.slice(0, 300));
    let draws = 0;
    run.subscribe(() => (draws += 1));
    const { grown } = run;
    run.show(20);
    await drawn();
    expect([run.grown, draws]).toEqual([grown, 1]);
    run.push(events.slice(300), 'Running');
    run.show(30);
    await drawn();
    expect(run.grown).toBeGreaterThan(grown);
    expect(draws).toBe(2);
  });

  it('asks of a moment that has been left before its turn nothing', async () => {
    const events = longHistory(2_500);
    const asked: string[] = [];
    const source = sourceOf(events, asked);
    const run = new InstanceRun('i', document, events.length, { ...source, lean: () => new Promise(() => undefined) });
    void run.load(false);
    for (const seq of [8_000, 1_000, 7_000, 2_000, 9_002]) run.show(seq);
    await vi.waitFor(() => expect(run.picture.view.getState().summary.seq).toBe(9_002));
    // The latest, which was shown first, and the one that is shown now.
    expect(asked.filter((question) => question.startsWith('checkpoint')).length).toBeLessThanOrEqual(2);
    expect(asked).not.toContain('checkpoint 7000');
  });

  it.each([1, 2, 3])('shows the moment stepped to, however much of the history has come by then (%i)', async (seed) => {
    const events = longHistory(1_500);
    const source = sourceOf(events);
    const random = randomFrom(seed);
    let letPageCome: () => void = () => undefined;
    const run = new InstanceRun('i', document, events.length, {
      ...source,
      lean: async (afterSeq, limit) => {
        await new Promise<void>((resume) => (letPageCome = resume));
        return source.lean(afterSeq, limit);
      },
    });
    const loading = run.load(false);
    letPageCome();
    await until(() => run.events.length > 0);
    const behind: boolean[] = [];
    for (let step = 0; step < 20; step += 1) {
      if (step > 1 && random(3) === 0) letPageCome();
      // In turns among what has come, and beyond it.
      const come = run.events.length;
      const seq = step % 2 === 0 || come === events.length ? 1 + random(come) : come + 1 + random(events.length - come);
      run.show(seq);
      await until(() => run.picture.view.getState().summary.seq === seq);
      const { nodes, edges } = run.picture.view.getState();
      const folded = foldRunState(events.slice(0, seq));
      const state = initialState(instanceId('i'));
      for (const event of events.slice(0, seq)) evolve(state, event);
      // What the engine's state tells, until the events are here.
      const isHere = run.events.length >= seq;
      behind.push(isHere);
      expect([pictureOfState(state, document).nodes, ...(isHere ? [folded.nodes] : [])], `nodes after ${seq}`).toContainEqual(nodes);
      expect([pictureOfState(state, document).edges, ...(isHere ? [folded.edges] : [])], `edges after ${seq}`).toContainEqual(edges);
    }
    expect(behind).toContain(true);
    expect(behind).toContain(false);
    const pages = setInterval(() => letPageCome(), 0);
    await loading;
    clearInterval(pages);
    run.show(run.seq - 1);
    await drawn();
    expect(run.picture.view.getState().nodes).toEqual(foldRunState(events.slice(0, run.seq)).nodes);
    expect(run.events).toEqual(events);
  });

  it('lets who drags go first, and goes on when the playhead rests', async () => {
    const events = longHistory(5_000);
    vi.useFakeTimers();
    try {
      const asked: number[] = [];
      const source = sourceOf(events);
      const run = new InstanceRun('i', document, events.length, {
        ...source,
        lean: (afterSeq, limit) => {
          asked.push(afterSeq);
          return source.lean(afterSeq, limit);
        },
      });
      void run.load(false);
      for (let step = 0; step < 100; step += 1) {
        run.show(1 + ((step * 7_919) % 19_000));
        await vi.advanceTimersByTimeAsync(30);
      }
      // The first, and one a second.
      expect(asked.length).toBeLessThanOrEqual(5);
      expect(run.isLoaded).toBe(false);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(run.isLoaded).toBe(true);
      expect(run.picture.view.getState().nodes).toEqual(foldRunState(events.slice(0, run.seq)).nodes);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps nothing of the run before when the id is given to another one while a page of it comes', async () => {
    const events = longHistory(1_500);
    const again = longHistory(2).map((event) => ({ ...event, at: event.at + 1_000_000 }));
    const source = sourceOf(events);
    const run = new InstanceRun('i', document, events.length, {
      ...source,
      lean: async (afterSeq, limit) => {
        const page = await source.lean(afterSeq, limit);
        // The page is here, and is folded in the idle moments that follow.
        if (afterSeq > 0) setTimeout(() => run.push(again, 'Running'), 0);
        return page;
      },
    });
    await run.load(false);
    await drawn();
    expect(run.events).toEqual(again);
    expect(run.picture.view.getState().nodes).toEqual(foldRunState(again).nodes);
  });

  it('draws what hangs on all of the history when the pages have come', async () => {
    const events = longHistory(2_500);
    const run = new InstanceRun('i', document, events.length, sourceOf(events));
    await run.load(false);
    await drawn();
    // The canvas does not wait for the rest.
    expect(run.picture.view.getState().nodes).toEqual(foldRunState(events).nodes);
    const { grown } = run;
    await vi.waitFor(() => expect(run.grown).toBeGreaterThan(grown));
    expect(run.isLoaded).toBe(true);
  });

  it('follows live events, also those that come before the history behind them is here', async () => {
    const events = longHistory(1_000);
    const run = new InstanceRun('i', document, 3_000, sourceOf(events.slice(0, 3_000)));
    const loading = run.load(false);
    run.push(events.slice(3_000, 3_500), 'Running');
    run.push(events.slice(3_400, 4_001), 'Running');
    await loading;
    await drawn();
    expect(run.events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq));
    expect(run.picture.view.getState().nodes).toEqual(foldRunState(events).nodes);
  });

  it('stays at the moment shown while the instance goes on', async () => {
    const events = longHistory(300);
    const run = await loaded(events.slice(0, 1_000));
    run.show(400);
    run.push(events.slice(1_000), 'Running');
    await drawn();
    expect([run.seq, run.head]).toEqual([400, events.length]);
    expect(run.picture.view.getState().nodes).toEqual(foldRunState(events.slice(0, 400)).nodes);
  });

  it('shows what is open from a kept state before a long history is here', async () => {
    const events = longHistory(2_500);
    const asked: string[] = [];
    const source = sourceOf(events, asked);
    const run = new InstanceRun('i', document, events.length, { ...source, lean: () => new Promise(() => undefined) });
    void run.load(false);
    run.show(9_002); // just awaited
    await vi.waitFor(() => expect(run.picture.view.getState().nodes.get(nodeId('go'))?.status).toBe('waiting'));
    expect(run.picture.view.getState().edges.get(edgeId('e1'))).toEqual({ taken: 1, active: true });
    expect(asked).toContain('checkpoint 9002');
    // Neither the beginning nor all of it was asked for.
    expect(asked.filter((question) => question.startsWith('events')).length).toBeLessThanOrEqual(3);
  });

  it('jumps between failures', async () => {
    const run = await loaded(longHistory(200));
    const first = 1 + 50 * 4;
    expect(run.failureFrom(0, 1)).toBe(first);
    expect(run.failureFrom(first, 1)).toBe(1 + 100 * 4);
    expect(run.failureFrom(first, -1)).toBeNull();
    expect(run.failureFrom(801, 1)).toBeNull();
  });

  it('begins anew when the id was given to another run', async () => {
    const run = await loaded(longHistory(10));
    const again = longHistory(2).map((event) => ({ ...event, at: event.at + 1_000_000 }));
    run.push(again, 'Running');
    await drawn();
    expect(run.events).toEqual(again);
    expect(run.picture.view.getState().nodes).toEqual(foldRunState(again).nodes);
  });
});

describe('EngineStates', () => {
  it('gives the state after any event, however one jumps, and asks for far ones near by', async () => {
    const events = longHistory(3_000);
    const asked: string[] = [];
    const { states } = new InstanceRun('i', document, events.length, sourceOf(events, asked));
    for (const seq of [11_990, 5, 6, 7_003, 7_002, 11_990]) {
      const state = initialState(instanceId('i'));
      for (const event of events.slice(0, seq)) evolve(state, event);
      expect(await states.at(seq, encodeState), `after ${seq}`).toEqual(encodeState(state));
    }
    const before = asked.length;
    const read = vi.fn<() => void>();
    expect(await states.at(4_000, read, () => false)).toBeUndefined();
    expect([asked.length, read.mock.calls.length]).toEqual([before, 0]);
    expect(asked[0]).toBe('checkpoint 11990');
    expect(asked.filter((question) => question.startsWith('checkpoint')).length).toBeLessThanOrEqual(4);
  });
});
