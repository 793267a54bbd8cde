/** How long the server itself took for its answers, as its log at `debug` tells: without the client, which shares its processors here. */
import type { ServerProcess } from '@perdure/testing/server-process';

export const tellsTimes = { PERDURE_LOG_LEVEL: 'debug' };

/** Milliseconds by request. Waits until the log has told of all of them. */
export async function serverTimes(server: ServerProcess, requestIds: readonly string[]): Promise<number[]> {
  for (;;) {
    const told = new Map<string, number>();
    for (const line of server.output.split('\n')) {
      if (!line.includes('"msg":"answered"')) continue;
      const { reqId, ms } = JSON.parse(line) as { reqId: string; ms: number }; // compose.ts writes it
      told.set(reqId, ms);
    }
    const times = requestIds.map((id) => told.get(id));
    if (times.every((ms) => ms !== undefined)) return times;
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
