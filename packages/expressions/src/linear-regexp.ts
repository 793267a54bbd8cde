import { RE2JS, RE2JSException } from 're2js';

/**
 * The part of RegExp that JSONata uses (`exec`, `lastIndex`), on an engine whose time is linear in the text: no pattern can be
 * made to backtrack. Look-around and back references do not exist there.
 */
export class LinearRegExp {
  readonly source: string;
  lastIndex = 0;
  readonly #pattern: RE2JS;

  constructor(regexp: RegExp) {
    this.source = regexp.source;
    const compiled = compileLinearPattern(regexp);
    if (!compiled.ok) throw new SyntaxError(compiled.message);
    this.#pattern = compiled.pattern;
  }

  exec(text: string): RegExpExecArray | null {
    if (this.lastIndex > text.length) {
      this.lastIndex = 0;
      return null;
    }
    const matcher = this.#pattern.matcher(text);
    if (!matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    this.lastIndex = matcher.end();
    const groups: (string | undefined)[] = [];
    for (let group = 0; group <= matcher.groupCount(); group++) groups.push(matcher.group(group) ?? undefined);
    // RegExpExecArray types unmatched groups as strings although they are undefined.
    return Object.assign(groups, { index: matcher.start(), input: text }) as unknown as RegExpExecArray;
  }
}

export function compileLinearPattern(regexp: RegExp): { ok: true; pattern: RE2JS } | { ok: false; message: string } {
  let flags = 0;
  if (regexp.ignoreCase) flags |= RE2JS.CASE_INSENSITIVE;
  if (regexp.multiline) flags |= RE2JS.MULTILINE;
  try {
    return { ok: true, pattern: RE2JS.compile(RE2JS.translateRegExp(regexp.source), flags) };
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    return {
      ok: false,
      message: `The regular expression cannot be used: ${thrown.message}. Look-around and back references are not available.`,
    };
  }
}
