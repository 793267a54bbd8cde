/** A key combination as commands write it: `Mod+Shift+Z`, `Delete`, `+`. */
interface Shortcut {
  mod: boolean;
  shift: boolean;
  alt: boolean;
  /** As `KeyboardEvent.key` gives it, lower case. */
  key: string;
}

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

export function matchesShortcut(text: string, event: KeyPress): boolean {
  const { mod, shift, alt, key } = parse(text);
  const pressed = event.key.toLowerCase();
  if (pressed !== key || (event.ctrlKey || event.metaKey) !== mod || event.altKey !== alt) return false;
  // `+` and `?` need Shift on one keyboard and not on another: what they are is in the key itself.
  return event.shiftKey === shift || (key.length === 1 && !/[a-z]/.test(key));
}

/** The keys one by one, as people know them. */
export function keyNames(text: string): string[] {
  const { mod, shift, alt, key } = parse(text);
  return [
    ...(mod ? ['Ctrl'] : []),
    ...(shift ? ['Shift'] : []),
    ...(alt ? ['Alt'] : []),
    names[key] ?? (key.length === 1 ? key.toUpperCase() : key),
  ];
}

const names: Record<string, string> = {
  escape: 'Esc',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  delete: 'Delete',
  backspace: 'Backspace',
  enter: 'Enter',
  tab: 'Tab',
  f2: 'F2',
  f10: 'F10',
  contextmenu: 'Menu',
  '-': '−',
};

function parse(text: string): Shortcut {
  const parts = text === '+' ? ['+'] : text.endsWith('++') ? [...text.slice(0, -2).split('+'), '+'] : text.split('+');
  return {
    mod: parts.includes('Mod'),
    shift: parts.includes('Shift'),
    alt: parts.includes('Alt'),
    key: (parts.at(-1) ?? '').toLowerCase(),
  };
}
