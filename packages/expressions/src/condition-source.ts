import { quoteName } from './completion.ts';
import type { Condition, ConditionGroup, ConditionRow, DataPath, Literal, Moment, Operand } from './condition.ts';

/** A condition as JSONata. */
export function conditionSource(group: ConditionGroup): string {
  return group.parts.map(partSource).join(` ${group.join} `);
}

export function pathSource(path: DataPath): string {
  return path.map(({ name, at }) => `${quoteName(name)}${at === undefined ? '' : `[${at}]`}`).join('.');
}

/** A group inside another has its brackets; one with a single part is that part. */
function partSource(part: Condition): string {
  if (part.kind === 'row') return rowSource(part);
  const [only, ...more] = part.parts;
  return only && more.length === 0 ? partSource(only) : `(${conditionSource(part)})`;
}

const comparisons = { equals: '=', differs: '!=', less: '<', lessOrEqual: '<=', greater: '>', greaterOrEqual: '>=' } as const;

function rowSource(row: ConditionRow): string {
  const left = pathSource(row.left);
  switch (row.operator) {
    case 'equals':
    case 'differs':
    case 'less':
    case 'lessOrEqual':
    case 'greater':
    case 'greaterOrEqual':
      return `${left} ${comparisons[row.operator]} ${operandSource(row.right)}`;
    case 'contains':
      return turned(row.not, `$contains(${left}, ${literalSource(row.text)})`);
    case 'startsWith':
      return turned(row.not, `$substring(${left}, 0, ${[...row.text].length}) = ${literalSource(row.text)}`);
    case 'endsWith':
      return turned(row.not, `$substring(${left}, -${[...row.text].length}) = ${literalSource(row.text)}`);
    case 'matches':
      return turned(row.not, `$contains(${left}, /${row.pattern}/${row.ignoreCase ? 'i' : ''})`);
    case 'exists':
      return turned(row.not, `$exists(${left})`);
    case 'empty': {
      const test = `$count(${left}) = 0 or ${left} in [null, ""]`;
      return row.not ? `$not(${test})` : `(${test})`;
    }
    case 'oneOf':
      return turned(
        row.not,
        `${left} in ${row.right.kind === 'path' ? pathSource(row.right.path) : `[${row.right.values.map(literalSource).join(', ')}]`}`,
      );
    case 'hasItem':
      return turned(row.not, `${literalSource(row.value)} in ${left}`);
    case 'before':
      return `$toMillis(${left}) < ${momentSource(row.moment)}`;
    case 'from':
      return `$toMillis(${left}) >= ${momentSource(row.moment)}`;
    case 'between':
      return `($toMillis(${left}) >= ${momentSource(row.from)} and $toMillis(${left}) <= ${momentSource(row.to)})`;
  }
}

function turned(not: boolean, source: string): string {
  return not ? `$not(${source})` : source;
}

function operandSource(operand: Operand): string {
  return operand.kind === 'path' ? pathSource(operand.path) : literalSource(operand.value);
}

function momentSource(moment: Moment): string {
  switch (moment.kind) {
    case 'now':
      return '$millis()';
    case 'text':
      return `$toMillis(${literalSource(moment.text)})`;
    case 'path':
      return `$toMillis(${pathSource(moment.path)})`;
  }
}

/** JSON's texts and numbers are JSONata's. */
function literalSource(value: Literal): string {
  return JSON.stringify(value);
}
