/** What both comparisons measure, and how: the same two figures as hello5, by the same loops. */

/** @param {(i: number) => Promise<void>} work one workflow, from its start to its end */
export async function measure(total, work) {
  let number = 0;
  const one = () => work((number += 1));
  await inFlight(Math.min(500, total), 500, one);
  const startedAt = performance.now();
  await inFlight(total, 500, one);
  const workflowsPerSecond = total / ((performance.now() - startedAt) / 1_000);

  const latencies = [];
  const runs = [];
  for (let i = 0; i < 100; i += 1) {
    const begunAt = performance.now();
    runs.push(one().then(() => latencies.push(performance.now() - begunAt)));
    await new Promise((resume) => setTimeout(resume, 50));
  }
  await Promise.all(runs);
  latencies.sort((a, b) => a - b);
  return { workflowsPerSecond, p50Ms: latencies[50], p99Ms: latencies[98] };
}

async function inFlight(total, width, work) {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(width, total) }, async () => {
      while (next < total) {
        next += 1;
        await work();
      }
    }),
  );
}
