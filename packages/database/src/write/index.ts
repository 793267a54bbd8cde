export * from './audit.ts';
export * from './draft-snapshots.ts';
export * from './entity-types.ts';
export * from './notices.ts';
export * from './people.ts';
export * from './task-draft.ts';
export * from './workflows.ts';
export * from './settings.ts';
