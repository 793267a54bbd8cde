import type { EntityKind } from './entity-type.ts';

export interface EntityKindDescription {
  kind: EntityKind;
  label: string;
  /** What it is for, in a sentence. */
  description: string;
  operations: readonly { name: string; does: string; input: string; result: string }[];
}

const remove = { name: 'delete', does: 'Removes the state.', input: 'Nothing.', result: 'null' };

/** The kinds of entity types and their operations, as pages and documentation tell them. */
export const entityKinds: readonly EntityKindDescription[] = [
  {
    kind: 'counter',
    label: 'Counter',
    description: 'A number that goes up and down, from 0.',
    operations: [
      { name: 'add', does: 'Adds to the number.', input: 'A number; without one, 1.', result: 'The new number.' },
      { name: 'subtract', does: 'Takes from the number.', input: 'A number; without one, 1.', result: 'The new number.' },
      { name: 'reset', does: 'Makes it 0 again.', input: 'Nothing.', result: 'null' },
      { name: 'get', does: 'Reads it.', input: 'Nothing.', result: 'The number.' },
      remove,
    ],
  },
  {
    kind: 'value',
    label: 'Value',
    description: 'Any JSON value, kept under a name.',
    operations: [
      { name: 'set', does: 'Replaces the value.', input: 'The new value.', result: 'null' },
      { name: 'get', does: 'Reads it.', input: 'Nothing.', result: 'The value; null while there is none.' },
      remove,
    ],
  },
  {
    kind: 'list',
    label: 'List',
    description: 'A list of JSON values in the order they came.',
    operations: [
      { name: 'add', does: 'Adds to the end.', input: 'The value to add.', result: 'The new length.' },
      { name: 'remove', does: 'Removes the first value equal to the input.', input: 'The value.', result: 'Whether there was one.' },
      { name: 'clear', does: 'Removes all values.', input: 'Nothing.', result: 'null' },
      { name: 'get', does: 'Reads it.', input: 'Nothing.', result: 'The list.' },
      remove,
    ],
  },
  {
    kind: 'map',
    label: 'Map',
    description: 'JSON values by name.',
    operations: [
      { name: 'set', does: 'Sets one value.', input: '`{ key, value }`', result: 'null' },
      { name: 'remove', does: 'Removes one value.', input: '`{ key }`', result: 'Whether there was one.' },
      {
        name: 'get',
        does: 'Reads one value, or all.',
        input: '`{ key }`, or nothing for all.',
        result: 'The value or null; or the whole map.',
      },
      { name: 'clear', does: 'Removes all values.', input: 'Nothing.', result: 'null' },
      remove,
    ],
  },
  {
    kind: 'aggregator',
    label: 'Aggregator',
    description: 'Count, sum, smallest, largest and average of the numbers of the last hour, day or other window.',
    operations: [
      { name: 'add', does: 'Takes a number in.', input: 'A number, or `{ value }`.', result: 'As get.' },
      {
        name: 'get',
        does: 'Reads the figures. The window moves in 60 steps.',
        input: 'Nothing.',
        result: '`{ count, sum, min, max, average }`; the last three are null while the window is empty.',
      },
      { name: 'reset', does: 'Forgets all numbers.', input: 'Nothing.', result: 'null' },
      remove,
    ],
  },
  {
    kind: 'custom',
    label: 'Own operations',
    description: 'A state of any shape and operations written as JSONata expressions.',
    operations: [remove],
  },
];
