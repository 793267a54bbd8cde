/**
 * A condition as rows and groups: what the condition builder edits. `conditionSource` writes it as JSONata, `readCondition` reads back
 * what was written and what a person wrote in the same shape.
 *
 * 1. A row looks at one place in the data. A place that holds nothing meets no row, except `exists` and `empty` (and `oneOf`, `hasItem`
 *    turned round): that is how JSONata compares.
 * 2. The outermost is always a group; a group inside another has at least two parts.
 */
export interface ConditionGroup {
  kind: 'group';
  join: 'and' | 'or';
  parts: Condition[];
}

export type Condition = ConditionGroup | ConditionRow;

export type ConditionRow = { kind: 'row'; left: DataPath } & ConditionTest;

/** `not`: turned round. Comparisons have their opposites as operators of their own. */
export type ConditionTest =
  | { operator: 'equals' | 'differs' | 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual'; right: Operand }
  | { operator: 'contains' | 'startsWith' | 'endsWith'; text: string; not: boolean }
  | { operator: 'matches'; pattern: string; ignoreCase: boolean; not: boolean }
  | { operator: 'empty' | 'exists'; not: boolean }
  | { operator: 'oneOf'; right: OneOf; not: boolean }
  | { operator: 'hasItem'; value: Literal; not: boolean }
  | { operator: 'before' | 'from'; moment: Moment }
  | { operator: 'between'; from: Moment; to: Moment };

export type ConditionOperator = ConditionTest['operator'];

export type Literal = string | number | boolean | null;

export type Operand = { kind: 'literal'; value: Literal } | { kind: 'path'; path: DataPath };

type OneOf = { kind: 'list'; values: Literal[] } | { kind: 'path'; path: DataPath };

/** `text`: ISO 8601, a date or a date and time. */
export type Moment = { kind: 'text'; text: string } | { kind: 'now' } | { kind: 'path'; path: DataPath };

/** Names from the outermost in. `at` picks one item of a list; a negative one counts from the end. */
export type DataPath = { name: string; at?: number }[];
