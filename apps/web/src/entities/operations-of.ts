import { entityKinds, type EntityTypeDocument } from '@perdure/graph';

export interface Operation {
  name: string;
  does: string;
  input: string;
  result: string;
}

/** What the entities of a type can be asked, its own operations and those every type has. */
export function operationsOf(document: EntityTypeDocument): Operation[] {
  const builtIn = entityKinds.find(({ kind }) => kind === document.kind)?.operations ?? [];
  if (document.kind !== 'custom') return [...builtIn];
  const own = document.operations.map(({ name, description = '', result }) => ({
    name,
    does: description,
    input: 'What its expressions read as input.',
    result: result === undefined ? 'null' : 'What its expression gives.',
  }));
  return [...own, ...builtIn];
}
