import { foldersOf } from '../../../auth/identity.ts';
import { reachOf } from '../../../auth/reach.ts';
import { procedure } from '../../base.ts';

/** Those of the workflows within reach, and those a role is held for, also while they are empty. */
export const folders = procedure('workflow.read').query(async ({ ctx: { identity, installation } }): Promise<string[]> => {
  const reach = await reachOf(installation, identity, 'workflow.read');
  const byKey = await installation.folders.load();
  const used = [...byKey].filter(([key]) => reach === null || reach.includes(key)).map(([, folder]) => folder);
  const names = new Set([...used, ...foldersOf(identity, 'workflow.read')]);
  names.delete('');
  return [...names].toSorted((a, b) => a.localeCompare(b));
});
