import { expect, test } from 'vitest';
import { commands } from './registry.ts';
import { keyNames, matchesShortcut } from './shortcut.ts';

const press = (key: string, held: { ctrl?: boolean; meta?: boolean; shift?: boolean; alt?: boolean } = {}) => ({
  key,
  ctrlKey: held.ctrl ?? false,
  metaKey: held.meta ?? false,
  shiftKey: held.shift ?? false,
  altKey: held.alt ?? false,
});

test('ids are unique, and no key belongs to two commands', () => {
  const ids = commands.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const keys = commands.flatMap((command) => (command.keys ?? []).map((key) => keyNames(key).join('+')));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});

test('a shortcut asks for exactly its modifiers', () => {
  expect(matchesShortcut('Mod+Z', press('z', { ctrl: true }))).toBe(true);
  expect(matchesShortcut('Mod+Z', press('z', { meta: true }))).toBe(true);
  expect(matchesShortcut('Mod+Z', press('Z', { ctrl: true, shift: true }))).toBe(false);
  expect(matchesShortcut('Mod+Shift+Z', press('Z', { ctrl: true, shift: true }))).toBe(true);
  expect(matchesShortcut('D', press('d'))).toBe(true);
  expect(matchesShortcut('D', press('d', { ctrl: true }))).toBe(false);
  expect(matchesShortcut('D', press('D', { shift: true }))).toBe(false);
  expect(matchesShortcut('D', press('d', { alt: true }))).toBe(false);
});

test('a sign is known by itself, whatever a keyboard needs to type it', () => {
  expect(matchesShortcut('?', press('?', { shift: true }))).toBe(true);
  expect(matchesShortcut('+', press('+'))).toBe(true);
  expect(matchesShortcut('+', press('+', { shift: true }))).toBe(true);
  expect(keyNames('+')).toEqual(['+']);
  expect(keyNames('Mod+Shift+ArrowUp')).toEqual(['Ctrl', 'Shift', '↑']);
});
