import type { StoredGrant } from '@perdure/database/read';
import { z } from 'zod';
import type { RoleGrant } from '../trpc/contract/people.ts';
import { folderPath } from './folder.ts';
import { asRole, roles } from './permissions.ts';

/** As they are stored: roles that this version does not know are shown as what they count as. */
export function roleGrants(stored: readonly StoredGrant[]): RoleGrant[] {
  return stored.map(({ role, folder, sensitive }) => ({ role: asRole(role), folder, sensitive }));
}

/** The same role for the same folder once. */
export const roleGrantsInput = z
  .array(z.strictObject({ role: z.enum(roles), folder: folderPath, sensitive: z.boolean() }))
  .max(100)
  .refine(
    (grants) => new Set(grants.map(({ role, folder }) => `${role} ${folder}`)).size === grants.length,
    'A role is named twice for one folder.',
  );
