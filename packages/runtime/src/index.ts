export * from './runtime.ts';
export { assembleRuntime, createRuntime, type RuntimeOptions } from './create-runtime.ts';
export type { Activity, ActivityContext, ActivityResult } from './activity-dispatcher.ts';
export { Superseded } from './superseded.ts';
export { humanTaskId } from './turn-record.ts';
export { startWatchdog } from './watchdog.ts';
export { storableJson } from './storable-json.ts';
export type { CommitItem, CommitVerdict, DurableStore } from './ports/durable-store.ts';
export { partitionOf } from './partition-of.ts';
