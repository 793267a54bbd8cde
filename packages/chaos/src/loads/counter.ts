import { drawWorkflow } from '@perdure/testing';
import type { Load } from '../load.ts';
import { drillStep } from './drill-step.ts';

/** I7: adds the numbers of its input one by one, a step before each, and ends with their sum and how many there were. */
export const counter: Load = {
  name: 'counter',
  workflows: {
    counter: drawWorkflow(
      {
        start: { type: 'start' },
        zero: { type: 'setVariables', config: { variables: { sum: 0, count: 0 } } },
        each: { type: 'forEach', config: { items: { expr: 'input.numbers' }, mode: 'sequential' } },
        work: { ...drillStep('echo/5/n'), parent: 'each' },
        add: {
          type: 'setVariables',
          parent: 'each',
          config: { variables: { sum: { expr: 'vars.sum + item' }, count: { expr: 'vars.count + 1' } } },
        },
        done: { type: 'end', config: { value: { expr: '{ "sum": vars.sum, "count": vars.count }' } } },
      },
      ['start -> zero', 'zero -> each', 'each.body -> work', 'work -> add', 'each -> done'],
    ),
  },
  async drive(scene, i) {
    await scene.start('counter', `counter-${i}`, { numbers: numbersOf(i) });
    await scene.ended(`counter-${i}`);
  },
  async check(scene) {
    const { rows } = await scene.database.query<{ id: string; output: { sum?: number; count?: number } | null }>(
      `SELECT i.id, h.data->'output' AS output FROM instance i JOIN history_event h ON h.instance_id = i.id AND h.type = 'ExecutionCompleted' WHERE i.workflow_key = 'counter'`,
    );
    const wrong = rows.flatMap(({ id, output }) => {
      const numbers = numbersOf(Number(id.slice('counter-'.length)));
      const sum = numbers.reduce((a, b) => a + b, 0);
      return output?.sum === sum && output.count === numbers.length
        ? []
        : [`${id} counted ${JSON.stringify(output)}; the numbers are ${numbers.join(' + ')} = ${sum}`];
    });
    return { I7: { holds: wrong.length === 0, count: wrong.length, examples: wrong.slice(0, 5) } };
  },
};

function numbersOf(i: number): number[] {
  return Array.from({ length: 3 + (i % 5) }, (_, n) => ((i + 1) * (n + 3)) % 97);
}
