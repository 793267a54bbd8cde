import { z } from 'zod';

/** Stands in addresses, files and expressions: `order-approval`. */
export const workflowKey = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'Use lower-case letters, digits and "-", 64 at most.');

/** `Order approval (EU)` → `order-approval-eu`. */
export function keyFromTitle(title: string): string {
  const key = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 56)
    .replace(/^-+|-+$/g, '');
  return key || 'workflow';
}
