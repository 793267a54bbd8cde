import { expect, it } from 'vitest';
import { compile } from './compile.ts';
import type { Pin, WorkflowDocument } from './document.ts';
import { draw, pathAnalyser } from './document-fixture.ts';
import { copyFragment, pasteFragment } from './fragment.ts';
import { nodeId, portId } from './ids.ts';
import { parseDocument } from './parse-document.ts';
import { maxPinLength, pinnablePorts, pinsOf } from './pins.ts';
import { renameNodeId } from './rename-node.ts';
import { maxScenarioLength, maxScenarios, type Scenario } from './scenario.ts';
import { validate } from './validate.ts';

const drawn = draw({ start: 'start', call: 'http', ask: 'humanTask', done: 'end' }, [
  'start -> call',
  'call -> ask',
  'ask.approved -> done',
  'ask.rejected -> done',
]);

function pinned(node: string, pin: Pin): WorkflowDocument {
  return { ...drawn, nodes: drawn.nodes.map((one) => (one.id === node ? { ...one, pinned: pin } : one)) };
}

const scenario: Scenario = {
  id: 'happy',
  title: 'Approved',
  input: { amount: 3 },
  pins: { [nodeId('call')]: { output: { status: 200 } } },
  events: [{ name: 'paid', data: null }],
  decisions: { [nodeId('ask')]: { outcome: portId('approved'), data: { note: 'fine' } } },
  fastForward: true,
  expect: { status: 'Completed', output: { equals: { ok: true } }, through: [nodeId('ask'), nodeId('done')] },
};
const withScenarios = (...scenarios: Scenario[]): WorkflowDocument => ({ ...drawn, scenarios });
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const codesOf = (value: unknown): string[] => {
  const parsed = parseDocument(value);
  return parsed.ok ? [] : parsed.problems.map(({ code }) => code);
};

it('pins and scenarios survive being written and read', () => {
  const document = { ...pinned('call', { output: { code: 'Boom' }, port: portId('error') }), scenarios: [scenario] };
  expect(parseDocument(asJson(document))).toEqual({ ok: true, document });
  const condition = withScenarios({ ...scenario, expect: { status: 'Failed', output: { condition: 'output.ok' }, code: 'Boom' } });
  expect(parseDocument(asJson(condition))).toEqual({ ok: true, document: condition });
});

it('their sizes and shapes are limited', () => {
  const text = (length: number): string => 'x'.repeat(length - 2);
  expect(codesOf(pinned('call', { output: text(maxPinLength) }))).toEqual([]);
  expect(codesOf(pinned('call', { output: text(maxPinLength + 1) }))).toEqual(['document.invalid']);
  expect(codesOf(withScenarios({ ...scenario, input: text(maxScenarioLength) }))).toEqual(['document.invalid']);
  const many = Array.from({ length: maxScenarios + 1 }, (_, i) => ({ ...scenario, id: `s${i}` }));
  expect(codesOf(withScenarios(...many.slice(1)))).toEqual([]);
  expect(codesOf(withScenarios(...many))).toEqual(['document.invalid']);
  expect(codesOf(withScenarios(scenario, scenario))).toEqual(['scenario.duplicate-id']);
  expect(codesOf(withScenarios({ ...scenario, expct: 1 } as never))).toEqual(['document.unknown-field']);
});

it('a pin that a node cannot give is a warning, and is not used', () => {
  const wrong = [pinned('call', { output: 1, port: portId('nowhere') }), pinned('start', { output: 1 }), pinned('done', { output: 1 })];
  for (const document of wrong) {
    expect(validate(document, pathAnalyser).filter(({ code }) => code === 'pin.unusable')).toMatchObject([{ severity: 'warning' }]);
    expect(pinsOf(document)).toEqual({});
  }
  expect(pinsOf(pinned('ask', { output: null, port: portId('rejected') }))).toEqual({ ask: { output: null, port: 'rejected' } });
  expect(pinnablePorts(drawn.nodes[1]!).map(({ id }) => id)).toEqual(['out', 'error']);
});

it('P1 plans do not carry pins', () => {
  expect(compile(pinned('call', { output: 1 }), { analyser: pathAnalyser })).toEqual(compile(drawn, { analyser: pathAnalyser }));
});

it('pins go with what is copied; scenarios stay with their workflow', () => {
  const fragment = copyFragment({ ...pinned('call', { output: 5 }), scenarios: [scenario] }, [nodeId('call')]);
  const pasted = pasteFragment(withScenarios(scenario), JSON.stringify(fragment), { parent: null, position: { x: 0, y: 0 } });
  expect(pasted.ok && pasted.document.nodes.at(-1)).toMatchObject({ id: 'call_2', pinned: { output: 5 } });
  expect(pasted.ok && pasted.document.scenarios).toEqual([scenario]);
});

it('a scenario follows a node to its new id, and says when one it names is gone', () => {
  const renamed = renameNodeId(withScenarios(scenario), nodeId('ask'), nodeId('approve'));
  expect(renamed.ok && renamed.document.scenarios?.[0]).toMatchObject({
    decisions: { approve: { outcome: 'approved' } },
    expect: { through: ['approve', 'done'] },
  });
  const gone = { ...withScenarios(scenario), nodes: drawn.nodes.filter(({ id }) => id !== 'ask') };
  expect(validate(gone, pathAnalyser).find(({ code }) => code === 'scenario.missing-node')).toMatchObject({
    severity: 'warning',
    detail: '“Approved” names ask. Take it out of the scenario, or bring the step back.',
  });
});
