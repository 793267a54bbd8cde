/** Whether a key press belongs to a field (or an open dialog or menu) and not to the page's shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // What is ticked is not typed in.
  if (target instanceof HTMLInputElement && target.type === 'checkbox') return target.closest(TAKES_KEYS) !== null;
  return target.isContentEditable || target.closest(`input, textarea, select, ${TAKES_KEYS}`) !== null;
}

const TAKES_KEYS = '[role="dialog"], [role="menu"], [role="listbox"], [contenteditable="true"]';
