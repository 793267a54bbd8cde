export * from './ids.ts';
export * from './failure.ts';
export * from './status.ts';
export * from './history-event.ts';
export * from './command.ts';
export * from './effect.ts';
export * from './evaluator.ts';
export * from './state.ts';
