import type { Completion as ListedCompletion } from '@codemirror/autocomplete';
import type { Candidate, Hovered, OpenCall } from '@perdure/expressions';
import type { Json } from '@perdure/graph';

/** What the expression editor shows beside the cursor, as plain elements: CodeMirror places them outside React. */

export interface ListedCandidate extends ListedCompletion {
  candidate: Candidate;
}

export function listed(candidate: Candidate): ListedCandidate {
  const { label, insert, kind, detail } = candidate;
  return {
    label,
    apply: insert,
    // A signature repeats the name before its arguments.
    detail: kind === 'function' ? detail.slice(label.length) : detail,
    type: kind,
    info: () => informationOf(candidate),
    candidate,
  };
}

/** A column of the list: a look at the sample's value. */
export function sampleColumn(completion: ListedCompletion): Node | null {
  const { candidate } = completion as ListedCandidate; // made by `listed`
  const isMissing = candidate.mayBeMissing === true;
  if (candidate.kind !== 'name' || (candidate.info === '' && !isMissing) || candidate.info.endsWith('.')) return null;
  return element('span', isMissing ? 'cm-sample missing' : 'cm-sample', isMissing ? 'may be missing' : candidate.info);
}

function informationOf({ kind, detail, info, label, mayBeMissing }: Candidate): Node | null {
  if (kind === 'function') return documentation(detail, info);
  const lines: Node[] = [element('div', 'cm-doc-head', `${label}${detail === '' ? '' : `: ${detail}`}`)];
  if (info !== '') lines.push(element('div', info.endsWith('.') ? '' : 'mono', info));
  if (mayBeMissing) lines.push(element('div', 'cm-doc-missing', missingWords));
  return lines.length === 1 && detail === '' ? null : box(lines);
}

const missingWords = 'May be missing: not every way here runs this step.';

export function hoverBox(hovered: Hovered, isUncertain: boolean): HTMLElement {
  if (hovered.kind === 'function') return documentation(hovered.builtin.signature, hovered.builtin.doc);
  const lines: Node[] = [element('div', 'cm-doc-head', `${hovered.path.join('.')}: ${hovered.type || 'anything'}`)];
  if (hovered.value !== undefined) lines.push(element('div', 'mono cm-doc-value', shortened(hovered.value)));
  if (isUncertain) lines.push(element('div', 'cm-doc-missing', missingWords));
  return box(lines);
}

/** The signature with the argument the cursor is in picked out. */
export function signatureBox({ builtin, argument }: OpenCall): HTMLElement {
  const open = builtin.signature.indexOf('(');
  const names = builtin.signature
    .slice(open + 1, -1)
    .split(', ')
    .filter(Boolean);
  const head = element('div', 'cm-doc-head mono', `${builtin.name}(`);
  for (const [at, name] of names.entries()) {
    if (at > 0) head.append(', ');
    head.append(element('span', at === argument ? 'cm-doc-here' : '', name));
  }
  head.append(')');
  return box([head, element('div', '', builtin.doc)]);
}

function documentation(signature: string, doc: string): HTMLElement {
  return box([element('div', 'cm-doc-head mono', signature), element('div', '', doc)]);
}

function shortened(value: Json): string {
  const text = JSON.stringify(value, null, 2);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function box(lines: readonly Node[]): HTMLElement {
  const outer = element('div', 'cm-doc', '');
  outer.append(...lines);
  return outer;
}

function element(tag: 'div' | 'span', className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.textContent = text;
  return made;
}
