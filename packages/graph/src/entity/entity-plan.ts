import type { Json } from '../json.ts';
import type { CompiledExpression } from '../plan.ts';

/**
 * An entity type compiled once per version: what the engine applies operations with. Immutable and shared by all entities of the type.
 * `delete` is every type's and in none of the lists.
 */
export type EntityPlan = { version: number } & (
  | { kind: 'counter' | 'value' | 'list' | 'map' }
  | { kind: 'aggregator'; windowMs: number }
  | {
      kind: 'custom';
      /** What an operation sees as `state` while the entity has none. */
      initialState: Json;
      /** By name in lower case. */
      operations: ReadonlyMap<string, PlanOperation>;
    }
);

/**
 * The expressions see `state`, `input`, `entity` (`name`, `key`) and, once the new state is there, `before`: what it was.
 * `state` gives the new state, null leaves it alone; `result` what a caller gets; `signals` a list of `{ entity, key, operation, input, delay? }`.
 */
export interface PlanOperation {
  name: string;
  state: CompiledExpression | null;
  result: CompiledExpression | null;
  signals: CompiledExpression | null;
}
