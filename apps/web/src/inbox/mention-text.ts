/** What stands after the last `@` before the cursor: the start of a name being typed. Null when none is. */
export function mentionAt(text: string, cursor: number): { from: number; typed: string } | null {
  const before = text.slice(0, cursor);
  const from = before.lastIndexOf('@');
  if (from === -1 || (from > 0 && /\S/.test(before[from - 1] ?? ''))) return null;
  const typed = before.slice(from + 1);
  // A name has a few words at most; a sentence that begins with @ is none.
  return /\n/.test(typed) || typed.length > 40 || typed.split(' ').length > 3 ? null : { from, typed };
}

/** A text in parts, those that mention one of the `names` marked. Longer names first: `@Ana Maria` is not `@Ana`. */
export function markMentions(text: string, names: readonly string[]): { text: string; isMention: boolean }[] {
  const marks = [...new Set(names)].toSorted((a, b) => b.length - a.length).map((name) => `@${name}`);
  const parts: { text: string; isMention: boolean }[] = [];
  let plain = '';
  for (let at = 0; at < text.length;) {
    const mark = text[at] === '@' ? marks.find((one) => text.startsWith(one, at)) : undefined;
    if (mark === undefined) {
      plain += text[at] ?? '';
      at += 1;
      continue;
    }
    if (plain !== '') parts.push({ text: plain, isMention: false });
    plain = '';
    parts.push({ text: mark, isMention: true });
    at += mark.length;
  }
  if (plain !== '') parts.push({ text: plain, isMention: false });
  return parts;
}
