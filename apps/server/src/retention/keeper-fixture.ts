/** A process that keeps the retention rules once, for the test that kills it: it is asked `keep`, and answers when nothing is due any more. */
import { openDatabase } from '@perdure/database';
import { createRuntime } from '@perdure/runtime';
import { keepRetention } from './retention-keeper.ts';

// What the test gives.
const settings = JSON.parse(process.env['PERDURE_DRILL'] ?? '{}') as { databaseUrl: string; redisUrl: string; archiveDirectory: string };
const { databaseUrl, redisUrl, archiveDirectory } = settings;
const database = openDatabase({ url: databaseUrl, poolSize: 2 });
const runtime = await createRuntime({ databaseUrl, redisUrl, worker: false, activities: [] });
process.on('message', (message: { ask: number }) => {
  keepRetention({ config: { archiveDirectory }, database, runtime }, { warn: () => undefined }).then(
    () => process.send?.({ answer: message.ask, result: null }),
    (error: Error) => process.send?.({ answer: message.ask, error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
