export * from './entities.ts';
export * from './history.ts';
export * from './human-tasks.ts';
export * from './instance-detail.ts';
export * from './instance-list.ts';
export * from './instance-row.ts';
export * from './workflows.ts';
export * from './waiting.ts';
