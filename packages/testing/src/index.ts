export { startOwnPostgres, startTestPostgres, type OwnPostgres, type TestPostgres } from './test-postgres.ts';
export { startOwnRedis, startTestRedis, type OwnRedis, type TestRedis } from './test-redis.ts';
export { drawWorkflow, type DrawnNode } from './draw-workflow.ts';
export { publishWorkflow } from './publish-workflow.ts';
export { eventually } from './eventually.ts';
export { checkInvariants } from './check-invariants.ts';
export { RowCheck, type Evidence, type Invariant, type Verdict } from './check-rows.ts';
export { checkSideEffects, type Fault, type SideEffect } from './check-side-effects.ts';
export { startWorkerProcess, type WorkerProcess } from './worker-process.ts';
