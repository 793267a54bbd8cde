import { instanceId, stepKey, type CommandBody } from '@perdure/engine';
import { portId } from '@perdure/graph';
import type { SendResult } from '@perdure/runtime';
import { eventually, type WorkerProcess } from '@perdure/testing';
import type { Drill } from '../drill.ts';
import { approval } from '../loads/approval.ts';
import { Scene } from '../scene.ts';
import type { Question } from '../worker-program.ts';

const racers = 20;
const tasksAtOnce = 5;

/**
 * I11: twenty people decide the same task at the same moment, through three processes, of which at most one owns the instance. One of them
 * wins, the history names that one, and each of the others is told that the task is decided. Every other task needs two approvals: there every
 * one of the twenty asks twice, two votes count, one of each, and again one decision stands.
 */
export const approvers: Drill = {
  name: 'approvers',
  title: 'Twenty people decide one task at the same moment, through three processes',
  unit: 'tasks',
  sizes: { verify: 20, full: 1_000, part: 250 },
  async run(context) {
    const [postgres, redis] = [await context.database(), await context.redis()];
    const scene = await Scene.begin(context, { databaseUrl: postgres.url, redisUrl: redis.url }, [approval]);
    const workers = [await scene.worker(), await scene.worker()];
    await scene.shares([32, 32]);
    const problems: string[] = [];
    let raced = 0;
    let next = 0;
    await Promise.all(
      Array.from({ length: tasksAtOnce }, async () => {
        for (let task = next++; task < context.planned; task = next++) {
          const id = `race-${task}`;
          const byTwo = task % 2 === 1;
          await scene.start(byTwo ? 'approval-by-two' : 'approval', id);
          await eventually(
            `${id} asks`,
            async () => (await scene.rows('SELECT 1 FROM human_task WHERE instance_id = $1', [id])).length > 0 || undefined,
            60_000,
          );
          problems.push(...(byTwo ? await voteForTwo(scene, workers, id) : await race(scene, workers, id)));
          raced += 1;
          await scene.ended(id);
        }
      }),
    );
    await scene.allEnded();
    const { verdicts, duplicates } = await scene.verdicts();
    return {
      planned: context.planned,
      injected: raced,
      acknowledged: scene.acknowledged.length,
      duplicates,
      verdicts,
      measured: { racers },
      problems: problems.slice(0, 20),
    };
  },
};

/** Everybody approves, twice at once: a repetition must not count as the second vote. */
async function voteForTwo(scene: Scene, workers: readonly WorkerProcess[], id: string): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: racers * 2 }, async (_, i) => {
      const by = `person-${i % racers}`;
      return { by, result: await decideThrough(scene, workers[i % 3], id, by, 'approved') };
    }),
  );
  const counted = answers.filter(({ result }) => result.ok).map(({ by }) => by);
  const told = new Set(['task.already-voted', 'task.already-decided', 'task.gone', 'instance.finished']);
  const votes = await scene.rows<{ by: string }>(
    `SELECT data ->> 'by' AS by FROM history_event WHERE instance_id = $1 AND type = 'HumanTaskVoted' ORDER BY seq`,
    [id],
  );
  const [decided] = await scene.rows<{ decided_by: string }>('SELECT decided_by FROM human_task WHERE instance_id = $1', [id]);
  const voters = votes.map(({ by }) => by);
  if (decided !== undefined) scene.acknowledged.push({ instanceId: id, decidedBy: decided.decided_by });
  return [
    ...(new Set(counted).size === 2 && counted.length === 2 ? [] : [`${id}: the votes of ${counted.join(', ')} were counted`]),
    ...(new Set([...voters, ...counted]).size === 2 && voters.length === 2 ? [] : [`${id}: its history has votes of ${voters.join(', ')}`]),
    ...(decided?.decided_by === voters[1] ? [] : [`${id} names ${decided?.decided_by}, but the second vote was ${voters[1]}’s`]),
    ...answers
      .filter(({ result }) => !result.ok && !told.has(result.code))
      .map(({ by, result }) => `${by} was answered ${JSON.stringify(result)} about ${id}`),
  ];
}

async function decideThrough(scene: Scene, worker: WorkerProcess | undefined, id: string, by: string, port: string): Promise<SendResult> {
  const command: CommandBody = { type: 'DecideHumanTask', step: stepKey('ask#1'), outcome: portId(port), data: null, comment: null, by };
  const question: Question = { send: [instanceId(id), command] };
  return worker === undefined ? scene.send(id, command) : worker.ask<SendResult>(question);
}

async function race(scene: Scene, workers: readonly WorkerProcess[], id: string): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: racers }, async (_, i) => {
      const by = `person-${i}`;
      const result = await decideThrough(scene, workers[i % 3], id, by, i % 2 === 0 ? 'approved' : 'rejected');
      return { by, result };
    }),
  );
  const winners = answers.filter(({ result }) => result.ok);
  for (const { by } of winners) scene.acknowledged.push({ instanceId: id, decidedBy: by });
  const told = new Set(['task.already-decided', 'task.gone', 'instance.finished']);
  const untold = answers.filter(({ result }) => !result.ok && !told.has(result.code));
  const [decided] = await scene.rows<{ decided_by: string }>('SELECT decided_by FROM human_task WHERE instance_id = $1', [id]);
  return [
    ...(winners.length === 1 ? [] : [`${id} was won by ${winners.length} people`]),
    ...(winners.length === 1 && decided?.decided_by !== winners[0]?.by
      ? [`${id} names ${decided?.decided_by}, but ${winners[0]?.by} was told so`]
      : []),
    ...untold.map(({ by, result }) => `${by} was answered ${JSON.stringify(result)} about ${id}`),
  ];
}
