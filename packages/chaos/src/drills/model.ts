/** Random workflows under random answers: what the engine makes of them is what the model says, step by step. */
import { compareWithModel, driveWorkflow, randomWorkflow, seededRandom } from '@perdure/testing';
import type { Drill } from '../drill.ts';

const problemsShown = 10;

export const model: Drill = {
  name: 'model',
  title: 'random workflows of all kinds of nodes, answered at random, held against a second interpreter',
  unit: 'workflows',
  sizes: { verify: 300, full: 10_000, part: 1_000 },
  async run({ seed, planned }) {
    const problems: string[] = [];
    let [held, events, differing] = [0, 0, 0];
    const kinds = new Set<string>();
    for (let n = 1; n <= planned; n += 1) {
      // A single one is replayed as it was.
      const own = planned === 1 ? seed : `${seed}.${n}`;
      const random = seededRandom(own);
      const workflow = randomWorkflow(random, { size: 12 });
      const { history, versions } = await driveWorkflow(workflow, random);
      const differences = compareWithModel(workflow, history, versions);
      held += 1;
      events += history.length;
      for (const { type } of workflow.document.nodes) kinds.add(type);
      if (differences.length === 0) continue;
      differing += 1;
      if (problems.length < problemsShown) problems.push(`${differences[0]}. This one alone: pnpm chaos model --seed=${own} --count=1`);
    }
    return {
      planned,
      injected: held,
      acknowledged: 0,
      duplicates: 0,
      verdicts: { model: { holds: differing === 0, count: differing, examples: problems.slice(0, 5) } },
      measured: { events, nodeTypes: kinds.size },
      problems,
    };
  },
};
