import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommandStack } from './command-stack.ts';

describe('CommandStack', () => {
  test('1: n undos and n redos give the identical value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ value: fc.object(), key: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }), pause: fc.nat(2000) }), {
          maxLength: 30,
        }),
        fc.nat(40),
        (steps, undos) => {
          let now = 0;
          const first = { first: true };
          const stack = new CommandStack<object>(first, { now: () => now });
          for (const { value, key, pause } of steps) {
            now += pause;
            stack.execute('Edit', value, key);
          }
          const last = stack.value;
          let undone = 0;
          while (undone < undos && stack.undo()) undone += 1;
          if (undone < undos) expect(stack.value).toBe(first);
          for (let i = 0; i < undone; i += 1) expect(stack.redo()).toBe(true);
          expect(stack.value).toBe(last);
        },
      ),
    );
  });

  test('2: a new command forgets what was undone', () => {
    const stack = new CommandStack('a');
    stack.execute('B', 'b');
    stack.undo();
    stack.execute('C', 'c');
    expect(stack.redo()).toBe(false);
    expect(stack.redoLabel).toBeNull();
    stack.undo();
    expect(stack.value).toBe('a');
  });

  test('keystrokes of one field within a second are one step', () => {
    let now = 0;
    const stack = new CommandStack('', { now: () => now });
    for (const text of ['c', 'cr', 'cre']) {
      stack.execute('Change title', text, 'n1.title');
      now += 200;
    }
    now += 5000;
    stack.execute('Change title', 'cred', 'n1.title');
    stack.undo();
    expect(stack.value).toBe('cre');
    stack.undo();
    expect(stack.value).toBe('');
  });

  test('another field, or no key, is a step of its own', () => {
    const stack = new CommandStack('', { now: () => 0 });
    stack.execute('A', 'a', 'x');
    stack.execute('B', 'b', 'y');
    stack.execute('C', 'c');
    stack.undo();
    expect(stack.value).toBe('b');
    stack.undo();
    expect(stack.value).toBe('a');
  });

  test('typing after a redo does not join what came before the undo', () => {
    const stack = new CommandStack('', { now: () => 0 });
    stack.execute('A', 'a', 'x');
    stack.undo();
    stack.redo();
    stack.execute('A', 'ab', 'x');
    stack.undo();
    expect(stack.value).toBe('a');
  });

  test('a change that changes nothing is no command', () => {
    const stack = new CommandStack('a');
    expect(stack.execute('Same', 'a')).toBe(false);
    expect(stack.undoLabel).toBeNull();
  });

  test('only so many steps are kept', () => {
    const stack = new CommandStack(0, { limit: 3 });
    for (let i = 1; i <= 10; i += 1) stack.execute('Count', i);
    while (stack.undo());
    expect(stack.value).toBe(7);
  });
});
