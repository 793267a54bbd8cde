import type { AuditRow } from '@perdure/server/contract';

/** `instance.raise-event` → Raise event. The part before the dot is told by the target. */
export function actionInWords(action: string): string {
  const words = action.slice(action.indexOf('.') + 1).replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function actorInWords({ id, name }: AuditRow['actor']): string {
  if (name !== null) return name;
  if (id === 'system') return 'Perdure';
  return id.startsWith('api-key:') ? `Key “${id.slice('api-key:'.length)}”` : id;
}

/** `instance:abc` → ['Instance', 'abc']. */
export function targetParts({ id, name }: AuditRow['target']): [kind: string, what: string] {
  const colon = id.indexOf(':');
  if (colon === -1) return [kindInWords(id), ''];
  return [kindInWords(id.slice(0, colon)), name ?? id.slice(colon + 1)];
}

/** `draftRevision` → draft revision. */
export function fieldInWords(name: string): string {
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function kindInWords(kind: string): string {
  return kind === 'bulk' ? 'Job' : capital(kind.replaceAll('-', ' '));
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
