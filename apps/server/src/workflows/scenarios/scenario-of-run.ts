/** A past run as a scenario: the same input, events and decisions, expecting what came of it. */
import type { HistoryEvent } from '@perdure/engine';
import { findInstance, readHistory } from '@perdure/database/read';
import { isPayloadRef, type Json, maxPinLength, maxScenarioLength, type NodeId, type Pin, portId, type Scenario } from '@perdure/graph';
import type { Installation } from '../../installation.ts';
import { withPayloads } from '../../instances/payloads.ts';
import { unknownInstance } from '../../instances/unknown-instance.ts';
import type { ScenarioOfRun } from '../../trpc/contract/workflows.ts';

const pageSize = 1_000;
const maxEvents = 20_000;

/** `pinsActivities`: what its activities and sub-workflows gave is pinned, so that the scenario does nothing outside. */
export async function scenarioOfRun(installation: Installation, id: string, options: { pinsActivities: boolean }): Promise<ScenarioOfRun> {
  const { database, runtime } = installation;
  const record = await findInstance(database.prisma, id);
  if (!record) throw unknownInstance(id);
  const gathered = new Gathering(options.pinsActivities);
  for (let after = 0; after < maxEvents;) {
    const read = await readHistory(database.prisma, id, after, pageSize);
    for (const event of read?.events ?? []) {
      gathered.add(event);
      after = event.seq;
    }
    if (!read?.more) break;
  }
  const whole = (value: Json): Promise<Json> => withPayloads(value, runtime.payloads);
  const { omitted } = gathered;
  const pins: Record<NodeId, Pin> = {};
  for (const [node, pin] of gathered.pins) {
    const output = await whole(pin.output);
    if (JSON.stringify(output).length > maxPinLength) omitted.push(`What ${node} gave is over 64 KB and is not pinned.`);
    else pins[node] = { ...pin, output };
  }
  const scenario: Omit<Scenario, 'id'> = {
    title: `Like ${id.length > 24 ? id.slice(0, 8) : id}`,
    input: await whole(gathered.input),
    fastForward: true,
    expect: { status: gathered.failed === null ? 'Completed' : 'Failed', ...(gathered.failed !== null && { code: gathered.failed }) },
  };
  if (gathered.events.length > 0)
    scenario.events = await Promise.all(gathered.events.map(async ({ name, data }) => ({ name, data: await whole(data) })));
  if (gathered.decisions.size > 0) scenario.decisions = Object.fromEntries(gathered.decisions) as NonNullable<Scenario['decisions']>;
  if (Object.keys(pins).length > 0) scenario.pins = pins;
  if (gathered.ended && gathered.failed === null) {
    const withOutput = { ...scenario, expect: { ...scenario.expect, output: { equals: await whole(gathered.output) } } };
    if (JSON.stringify(withOutput).length <= maxScenarioLength - roomForId) return { scenario: withOutput, omitted };
    omitted.push('Its output is too large to compare with.');
  }
  if (!gathered.ended) omitted.push('The run has not ended, so nothing is expected of the output.');
  if (JSON.stringify(scenario).length > maxScenarioLength - roomForId) {
    const { pins: _tooLarge, ...rest } = scenario;
    return { scenario: rest, omitted: [...omitted, 'Its pinned data is too large together.'] };
  }
  return { scenario, omitted };
}

const roomForId = 200;

class Gathering {
  input: Json = null;
  output: Json = null;
  ended = false;
  /** The code it failed with. */
  failed: string | null = null;
  readonly events: { name: string; data: Json }[] = [];
  readonly decisions = new Map<NodeId, NonNullable<Scenario['decisions']>[NodeId]>();
  readonly pins = new Map<NodeId, Pin>();
  readonly omitted: string[] = [];
  readonly #pinsActivities: boolean;
  readonly #nodes = new Map<string, NodeId>();

  constructor(pinsActivities: boolean) {
    this.#pinsActivities = pinsActivities;
  }

  add(event: HistoryEvent): void {
    if ('step' in event && 'node' in event) this.#nodes.set(event.step, event.node);
    switch (event.type) {
      case 'ExecutionStarted':
        this.input = event.input;
        return;
      case 'EventRaised':
        this.events.push({ name: event.name, data: event.data });
        return;
      case 'HumanTaskDecided': {
        const node = this.#nodes.get(event.step);
        if (node === undefined || isPayloadRef(event.data)) return;
        const decision = { outcome: event.outcome, data: event.data };
        if (this.decisions.has(node) && JSON.stringify(this.decisions.get(node)) !== JSON.stringify(decision))
          this.omitted.push(`${node} was decided several times. The scenario decides it always as the last time.`);
        this.decisions.set(node, decision);
        return;
      }
      case 'StepPinned':
        this.pins.set(event.node, { output: event.failure ? failureData(event.failure) : event.output, port: event.port });
        return;
      case 'TaskCompleted':
      case 'SubOrchestrationInstanceCompleted':
      case 'EntityOperationCompleted':
        return this.#pin(event.step, { output: event.output });
      case 'TaskFailed':
      case 'SubOrchestrationInstanceFailed':
        if (!event.retry) this.#pin(event.step, { output: failureData(event.failure), port: portId('error') });
        return;
      case 'ExecutionCompleted':
        this.ended = true;
        this.output = event.output;
        this.failed = event.status === 'Completed' ? null : (event.failure?.code ?? 'Failed');
        return;
      default:
    }
  }

  #pin(step: string, pin: Pin): void {
    const node = this.#nodes.get(step);
    if (node === undefined || !this.#pinsActivities) return;
    if (this.pins.has(node) && JSON.stringify(this.pins.get(node)) !== JSON.stringify(pin)) {
      const words = `${node} ran several times with different results. The last is pinned.`;
      if (!this.omitted.includes(words)) this.omitted.push(words);
    }
    this.pins.set(node, pin);
  }
}

function failureData({ code, message }: { code: string; message: string }): Json {
  return { code, message };
}
