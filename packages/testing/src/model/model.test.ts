import { expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { compareWithModel } from './compare-with-model.ts';
import { driveWorkflow } from './drive-workflow.ts';
import { randomWorkflow } from './random-workflow.ts';

it('the engine does what the model says, for random workflows of all kinds of nodes', { timeout: 60_000 }, async () => {
  const kinds = new Set<string>();
  for (let n = 0; n < 200; n += 1) {
    const random = seededRandom(`model test ${n}`);
    const workflow = randomWorkflow(random, { size: 12 });
    for (const { type } of workflow.document.nodes) kinds.add(type);
    const { history, versions } = await driveWorkflow(workflow, random);
    expect(compareWithModel(workflow, history, versions), `workflow ${n}`).toEqual([]);
  }
  expect([...kinds].sort()).toEqual(
    ['condition', 'end', 'event', 'fail', 'forEach', 'http', 'humanTask', 'join', 'loop', 'scope', 'setStatus', 'setVariables'].concat([
      'start',
      'subWorkflow',
      'timer',
      'transform',
    ]),
  );
});

it('notices a history that is not what the model says', async () => {
  const random = seededRandom('a changed history');
  const workflow = randomWorkflow(random, { size: 12 });
  const { history, versions } = await driveWorkflow(workflow, random);
  const at = history.findIndex(({ type }) => type === 'TransformCompleted');
  const changed = history.map((event, i) => (i === at && event.type === 'TransformCompleted' ? { ...event, output: 'another' } : event));
  expect(at).toBeGreaterThan(-1);
  expect(compareWithModel(workflow, changed, versions)).not.toEqual([]);
});
