/** Whether a key press belongs to a field (or an open dialog or menu) and not to the page's shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // The mark of a row in a list: ticking it is how its keys are meant.
  if (target.closest('td.tick, th.tick') !== null) return false;
  return (
    target.isContentEditable ||
    target.closest('input, textarea, select, [role="dialog"], [role="menu"], [role="listbox"], [contenteditable="true"]') !== null
  );
}
