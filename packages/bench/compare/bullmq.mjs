/** hello5 on BullMQ: a flow of five jobs, each waiting for the one below it. Runs where compare.ts has installed BullMQ. */
import { FlowProducer, QueueEvents, Worker } from 'bullmq';
import { measure } from './measure.mjs';

const url = new URL(process.env.BENCH_REDIS_URL);
const connection = { host: url.hostname, port: Number(url.port), password: decodeURIComponent(url.password), maxRetriesPerRequest: null };
const queueName = 'hello5';
const waiting = new Map();
const events = new QueueEvents(queueName, { connection });
await events.waitUntilReady();
events.on('completed', ({ jobId }) => {
  waiting.get(jobId)?.();
  waiting.delete(jobId);
});
const worker = new Worker(queueName, async () => ({ done: true }), { connection, concurrency: 500 });
await worker.waitUntilReady();
const flows = new FlowProducer({ connection });

const figures = await measure(2_500, async (i) => {
  const last = `hello-${i}-5`;
  const completed = new Promise((settle) => waiting.set(last, settle));
  // The innermost runs first; the outermost is the end of the chain.
  let job;
  for (let step = 1; step <= 5; step += 1)
    job = {
      name: `s${step}`,
      queueName,
      data: {},
      opts: { jobId: `hello-${i}-${step}` },
      ...(job === undefined ? {} : { children: [job] }),
    };
  await flows.add(job);
  await completed;
});
process.send(figures);
await worker.close();
await events.close();
await flows.close();
process.disconnect();
