import { entityKinds, type EntityTypeDocument } from '@perdure/graph';

export interface Operation {
  name: string;
  does: string;
  /** Empty for own operations, whose expressions say it. */
  input: string;
  result: string;
}

/** What the entities of a type can be asked, its own operations and those every type has. */
export function operationsOf(document: EntityTypeDocument): Operation[] {
  const builtIn = entityKinds.find(({ kind }) => kind === document.kind)?.operations ?? [];
  if (document.kind !== 'custom') return [...builtIn];
  const own = document.operations.map(({ name, description = '' }) => ({
    name,
    does: description,
    input: '',
    result: '',
  }));
  return [...own, ...builtIn];
}
