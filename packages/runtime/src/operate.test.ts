import { childInstanceId, executionId, instanceId, stepKey, type CommandBody, type InstanceId } from '@perdure/engine';
import { nodeId, portId, type NodeId } from '@perdure/graph';
import { checkInvariants, drawWorkflow, eventually, publishWorkflow } from '@perdure/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Activity } from './activity-runner.ts';
import type { RuntimeOptions } from './create-runtime.ts';
import { openInstallation, type Installation } from './installation-fixture.ts';
import type { Runtime } from './runtime.ts';

let installation: Installation;
/** What the activity refuses; what it was asked. */
const refused = new Set<string>();
const asked: string[] = [];

const activity: Activity = {
  name: 'http',
  run: async (input, { key, attempt }) => {
    const { url } = input as { url: string };
    asked.push(`${key} ${attempt}`);
    if (refused.has(url)) return { ok: false, failure: { code: 'Refused', message: url } };
    return { ok: true, output: { status: 200, body: url } };
  },
};

const http = (path: string) => ({ type: 'http', config: { method: 'GET', url: `https://test/${path}` } });
const chain = drawWorkflow(
  { start: { type: 'start' }, before: http('before'), weak: http('weak'), done: { type: 'end', config: { value: { expr: 'vars' } } } },
  ['start -> before', 'before -> weak', 'weak -> done'],
);
const parent = drawWorkflow(
  {
    start: { type: 'start' },
    sub: { type: 'subWorkflow', config: { workflow: 'chain' } },
    done: { type: 'end', config: { value: 'well' } },
  },
  ['start -> sub', 'sub -> done'],
);
const beside = drawWorkflow(
  {
    start: { type: 'start' },
    ask: { type: 'humanTask', config: { title: 'Ask', outcomes: [{ key: 'yes', label: 'Yes', tone: 'primary' }] } },
    nap: { type: 'timer', config: { mode: 'for', value: '1h' } },
    weak: http('weak'),
    all: { type: 'join', config: { mode: 'all' } },
    done: { type: 'end' },
  },
  ['start -> ask', 'start -> nap', 'start -> weak', 'ask.yes -> all', 'nap -> all', 'weak -> all', 'all -> done'],
);

beforeAll(async () => {
  installation = await openInstallation();
  await publishWorkflow(installation.databaseUrl, 'chain', chain);
  await publishWorkflow(installation.databaseUrl, 'parent', parent);
  await publishWorkflow(installation.databaseUrl, 'beside', beside);
});

afterEach(async () => {
  await installation.stopAll();
  refused.clear();
  asked.length = 0;
  const { holds, broken } = await checkInvariants(installation.databaseUrl, {});
  if (!holds) throw new Error(JSON.stringify(broken));
});

afterAll(async () => {
  await installation.close();
});

const runtime = (options: Partial<RuntimeOptions> = {}): Promise<Runtime> =>
  installation.start({ activities: [activity], onTrouble: (where, error) => console.error(where, error), ...options });

async function statusOf(id: InstanceId): Promise<string | undefined> {
  return (await installation.database.query<{ status: string }>('SELECT status FROM instance WHERE id = $1', [id])).rows[0]?.status;
}

async function reaches(id: InstanceId, status: string): Promise<void> {
  await eventually('it happens', async () => ((await statusOf(id)) === status ? true : undefined));
}

async function started(on: Runtime, workflow: string, name: string): Promise<InstanceId> {
  const id = instanceId(name);
  expect(await on.start({ workflow, version: null, instanceId: id, input: {}, startedBy: 'test' })).toMatchObject({ ok: true });
  return id;
}

const rewind: CommandBody = { type: 'Rewind', reason: 'mended', by: 'ann' };

describe('operating on stored instances', () => {
  it('O1 O3 a failed instance goes on from its failure under the same key, what had completed is not run again', async () => {
    refused.add('https://test/weak');
    const on = await runtime();
    const id = await started(on, 'chain', 'rewound');
    await reaches(id, 'Failed');
    refused.clear();
    expect(await on.send(id, rewind)).toEqual({ ok: true });
    await reaches(id, 'Completed');
    const keys = asked.map((call) => call.replace(/^rewound\/[^/]*\//, ''));
    expect(keys).toEqual(['before#1 1', 'weak#1 1', 'weak#1 2']);
    expect(await on.send(id, rewind)).toMatchObject({ ok: false, code: 'instance.finished' });
  });

  it('O1 from a process that owns nothing, and by whoever owns the partition now', async () => {
    refused.add('https://test/weak');
    const first = await runtime();
    const id = await started(first, 'chain', 'from-afar');
    await reaches(id, 'Failed');
    await installation.stop(first);
    refused.clear();
    await runtime();
    const caller = await runtime({ worker: false });
    expect(await caller.send(id, rewind)).toEqual({ ok: true });
    await reaches(id, 'Completed');
  });

  it('O2 tasks and timers that the failure had closed are there again', async () => {
    refused.add('https://test/weak');
    const on = await runtime();
    const id = await started(on, 'beside', 'beside');
    await reaches(id, 'Failed');
    refused.clear();
    expect(await on.send(id, rewind)).toEqual({ ok: true });
    const { rows } = await installation.database.query('SELECT status, closed_at FROM human_task WHERE instance_id = $1', [id]);
    expect(rows).toEqual([{ status: 'open', closed_at: null }]);
    expect((await installation.database.query('SELECT timer_id FROM timer WHERE instance_id = $1', [id])).rows).toEqual([
      { timer_id: 'nap#1!timer1' },
    ]);
    const decision = {
      type: 'DecideHumanTask',
      step: stepKey('ask#1'),
      outcome: portId('yes'),
      data: null,
      comment: null,
      by: 'ann',
    } as const;
    expect(await on.send(id, decision)).toEqual({ ok: true });
    const skip = { type: 'SkipStep', step: stepKey('nap#1'), output: null, port: null, reason: 'no time', by: 'ann' } as const;
    expect(await on.send(id, skip)).toEqual({ ok: true });
    await reaches(id, 'Completed');
  });

  it('O6 a sub-workflow that failed is rewound with its parent', async () => {
    refused.add('https://test/weak');
    const on = await runtime();
    const id = await started(on, 'parent', 'family');
    await reaches(id, 'Failed');
    refused.clear();
    expect(await on.send(id, rewind)).toEqual({ ok: true });
    await reaches(id, 'Completed');
    expect(asked.filter((call) => call.includes('before#1'))).toHaveLength(1);
  });

  it.each(['completed', 'gone'] as const)('O6 a sub-workflow that is %s meanwhile is not waited for in vain', async (fate) => {
    refused.add('https://test/weak');
    const on = await runtime();
    const id = await started(on, 'parent', `family-${fate}`);
    await reaches(id, 'Failed');
    const { rows } = await installation.database.query<{ id: string; execution_id: string }>(
      'SELECT execution_id FROM instance WHERE id = $1',
      [id],
    );
    const child = childInstanceId(id, executionId(rows[0]?.execution_id ?? ''), stepKey('sub#1'), 1);
    refused.clear();
    if (fate === 'completed') {
      expect(await on.send(child, rewind)).toEqual({ ok: true });
      await reaches(child, 'Completed');
    } else expect(await on.purge(child)).toBe('purged');
    expect(await on.send(id, rewind)).toEqual({ ok: true });
    await reaches(id, 'Completed');
    expect(asked.filter((call) => call.includes('before#1'))).toHaveLength(fate === 'gone' ? 2 : 1);
  });

  it('O8 O9 the failed step is left by a given output, variables are edited', async () => {
    refused.add('https://test/weak');
    const on = await runtime();
    const id = await started(on, 'chain', 'skipped');
    await reaches(id, 'Failed');
    const skip = { type: 'SkipStep', step: stepKey('weak#1'), output: 'by hand', port: null, reason: 'known', by: 'ann' } as const;
    expect(await on.send(id, skip)).toEqual({ ok: true });
    await reaches(id, 'Completed');
    expect(await on.send(id, { type: 'EditVariables', values: { a: 1 }, reason: 'late', by: 'ann' })).toMatchObject({
      code: 'instance.finished',
    });
  });

  it('O10 an instance goes on in another version, here and after a restart', async () => {
    const on = await runtime();
    const id = await started(on, 'beside', 'moved');
    await eventually('it happens', async () => (asked.length > 0 ? true : undefined));
    const renamed = new Map([
      [nodeId('nap'), nodeId('rest')],
      [nodeId('ask'), nodeId('inquire')],
    ]);
    const nameOf = (name: NodeId) => renamed.get(name) ?? name;
    const second = await publishWorkflow(installation.databaseUrl, 'beside', {
      ...beside,
      nodes: beside.nodes.map((node) => ({ ...node, id: nameOf(node.id) })),
      edges: beside.edges.map((edge) => ({ ...edge, source: nameOf(edge.source), target: nameOf(edge.target) })),
    });
    const state = await eventually('it happens', async () => {
      const read = await on.stateOf(id);
      return read && !read.steps.has(stepKey('weak#1')) ? read : undefined;
    });
    const migrate: CommandBody = {
      type: 'Migrate',
      version: second,
      seq: state.seq,
      nodes: Object.fromEntries(renamed),
      edges: {},
      joins: [{ node: nodeId('all'), incoming: beside.edges.filter(({ target }) => target === 'all').map((edge) => edge.id) }],
      reason: 'better',
      by: 'ann',
    };
    expect(await on.send(id, migrate)).toEqual({ ok: true });
    expect(await on.send(id, migrate)).toMatchObject({ ok: false, code: 'instance.changed' });
    const first = state.version;
    expect((await installation.database.query('SELECT version, versions FROM instance WHERE id = $1', [id])).rows).toEqual([
      {
        version: second,
        versions: [
          { version: first, afterSeq: 0 },
          { version: second, afterSeq: state.seq + 1 },
        ],
      },
    ]);
    expect((await installation.database.query('SELECT node, version, status FROM human_task WHERE instance_id = $1', [id])).rows).toEqual([
      { node: 'inquire', version: second, status: 'open' },
    ]);
    await installation.stop(on);
    const again = await runtime();
    expect(await again.stateOf(id)).toMatchObject({ version: second });
    const decision = {
      type: 'DecideHumanTask',
      step: stepKey('ask#1'),
      outcome: portId('yes'),
      data: null,
      comment: null,
      by: 'ann',
    } as const;
    expect(await again.send(id, decision)).toEqual({ ok: true });
    const skip = { type: 'SkipStep', step: stepKey('nap#1'), output: null, port: null, reason: 'no time', by: 'ann' } as const;
    expect(await again.send(id, skip)).toEqual({ ok: true });
    await reaches(id, 'Completed');
  });
});
