import { randomUUID } from 'node:crypto';
import { executionId, type ExecutionId } from '@perdure/engine';

/** 12 characters of a random UUID's hex: 48 bits, told apart within one instance only. */
export function newExecutionId(): ExecutionId {
  return executionId(randomUUID().replaceAll('-', '').slice(0, 12));
}
