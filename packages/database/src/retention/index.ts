export { previewRetention, type RetentionPreview, type RetentionSample, type RetentionScope, sampleRetention } from './due.ts';
export * from './retention-batches.ts';
export * from './retention-rules.ts';
