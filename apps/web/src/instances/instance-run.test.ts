import { encodeState, evolve, initialState, instanceId, type EventBody, type HistoryEvent } from '@perdure/engine';
import { edgeId, nodeId, portId, type WorkflowDocument } from '@perdure/graph';
import { describe, expect, it, vi } from 'vitest';
import { foldRunState } from '../canvas/fold-run-state.ts';
import { InstanceRun, type RunSource } from './instance-run.ts';

// Node has no screen: a frame is drawn when the test lets it.
vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 0));

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
    expect(asked[0]).toBe('checkpoint 11990');
    expect(asked.filter((question) => question.startsWith('checkpoint')).length).toBeLessThanOrEqual(4);
  });
});
