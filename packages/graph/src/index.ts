export * from './json.ts';
export * from './ids.ts';
export * from './document.ts';
export * from './problem.ts';
export * from './plan.ts';
