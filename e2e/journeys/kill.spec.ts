import { expect, test, type APIRequestContext } from '@playwright/test';
import { startServerProcess, type ServerProcess } from '@perdure/testing/server-process';

const kills = 20;
/** A little longer than the sample takes, so that the kills fall before, between and after its steps. */
const spreadMs = 1_800;

let perdure: ServerProcess;

test.beforeAll(async () => {
  perdure = await startServerProcess();
});

test.afterAll(async () => {
  await perdure.stop();
});

test(`order-approval, the server killed ${kills} times at different moments: result and history as if it had not been`, async ({
  request,
}) => {
  test.setTimeout(600_000);
  await start(request, 'calm');
  const calm = await finished(request, 'calm');

  for (let i = 0; i < kills; i += 1) {
    const id = `killed-${i}`;
    await start(request, id);
    await new Promise((resume) => setTimeout(resume, (spreadMs * i) / kills));
    await perdure.killAndRestart();
    const survivor = await finished(request, id);
    expect(survivor.output, id).toMatchObject({ decision: calm.output.decision, order: calm.output.order });
    expect(story(survivor), id).toEqual(story(calm));
  }
});

interface Status {
  runtimeStatus: string;
  output: { decision: string; order: string };
  historyEvents: { EventType: string; FunctionName?: string; Name?: string }[];
}

/** Small enough to need nobody's approval. */
async function start(request: APIRequestContext, id: string): Promise<void> {
  const answer = await request.post(
    `${perdure.origin}/runtime/webhooks/durabletask/orchestrators/order-approval/${id}?code=${perdure.apiKey}`,
    {
      data: { amount: 900 },
    },
  );
  expect(answer.status()).toBe(202);
}

async function finished(request: APIRequestContext, id: string): Promise<Status> {
  const url = `${perdure.origin}/runtime/webhooks/durabletask/instances/${id}?code=${perdure.apiKey}&showHistory=true&showHistoryOutput=true`;
  await expect.poll(async () => ((await (await request.get(url)).json()) as Status).runtimeStatus, { timeout: 30_000 }).toBe('Completed');
  return (await (await request.get(url)).json()) as Status;
}

/** Which event of which function happened how often; parallel branches may interleave as they like. */
function story({ historyEvents }: Status): string[] {
  return historyEvents.map(({ EventType, FunctionName, Name }) => `${EventType} ${FunctionName ?? Name ?? ''}`).sort();
}
