import { entityNamePattern, isEntityKey } from '@perdure/graph';
import type { Json } from '@perdure/graph';
import type { InstanceId } from '../ids.ts';
import { instanceId } from '../ids.ts';

/** The id of an entity among the instances: `@counter@clicks`. Names are folded to lower case, keys are not. [N1] */
export function entityInstanceId(name: string, key: string): InstanceId {
  return instanceId(`@${name.toLowerCase()}@${key}`);
}

/** From a name and a key as people and expressions give them; numbers count as their text. Undefined when they make no entity's id. */
export function entityIdOf(name: string, key: Json | undefined): InstanceId | undefined {
  const text = typeof key === 'number' ? String(key) : key;
  if (typeof text !== 'string' || !isEntityKey(text) || !entityNamePattern.test(name.toLowerCase())) return undefined;
  return entityInstanceId(name, text);
}

/** Null when the id is not an entity's. */
export function parseEntityId(id: string): { name: string; key: string } | null {
  const at = id.indexOf('@', 1);
  if (!id.startsWith('@') || at < 0) return null;
  const name = id.slice(1, at);
  const key = id.slice(at + 1);
  return entityNamePattern.test(name) && isEntityKey(key) ? { name, key } : null;
}

/** No workflow instance may have an id that could be an entity's. */
export function isReservedForEntities(id: string): boolean {
  return id.startsWith('@');
}
