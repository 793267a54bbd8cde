/** A text with a path put into it at a place, as an expression: `"Hello " & input.name & "."`. */
export function textWithPath(text: string, from: number, to: number, path: string): string {
  const before = text.slice(0, from);
  const after = text.slice(to);
  return [before === '' ? [] : [JSON.stringify(before)], [path], after === '' ? [] : [JSON.stringify(after)]].flat().join(' & ');
}
