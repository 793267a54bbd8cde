export * from './bulk-items.ts';
export * from './bulk-jobs.ts';
export * from './bulk-preview.ts';
