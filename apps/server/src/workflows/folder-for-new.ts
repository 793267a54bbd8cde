import { demandFolder, foldersOf, type Identity } from '../auth/identity.ts';

/** The folder a new workflow goes to. Nobody who may edit only some folders need name one: it is the first of theirs. */
export function folderForNew(identity: Identity, wanted: string | undefined): string {
  const folder = wanted ?? foldersOf(identity, 'workflow.edit').toSorted()[0] ?? '';
  demandFolder(identity, 'workflow.edit', folder);
  return folder;
}
