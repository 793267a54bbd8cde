import type { ExpressionSubject, Json } from '@perdure/graph';
import { builtinFunctions, type BuiltinFunction } from './builtin-functions.ts';
import type { entityRoots, scopeRoots } from './evaluation.ts';

/** What may stand at the cursor. `from`–`to` is the text it replaces. */
export interface Completion {
  from: number;
  to: number;
  candidates: Candidate[];
}

export interface Candidate {
  /** Shown in the list. */
  label: string;
  /** Inserted; names with unusual characters are quoted. */
  insert: string;
  kind: 'name' | 'function' | 'variable';
  /** For names, what the sample holds there: `text`, `list of 3`, … For functions, the signature. */
  detail: string;
  /** A short look at the sample's value, or what the function does. */
  info: string;
  /** A step that may not have run by then. */
  mayBeMissing?: true;
}

/** What is known beside the sample. */
export interface CompletionKnowledge {
  /** An example of what the data looks like, from schemas: its names and types count, its values do not. */
  shape?: { readonly [name: string]: Json };
  /** Paths of data that may not be there yet, such as `steps.check`. */
  uncertain?: ReadonlySet<string>;
}

const rootDescriptions: Record<ExpressionSubject, Readonly<Record<string, string>>> = {
  workflow: {
    input: 'What the instance was started with.',
    vars: 'The variables of the instance.',
    steps: 'The outputs of the steps before.',
    item: 'The current item inside a for each.',
    index: 'The number of the current item, from 0.',
    error: 'The error, on the way out of a catch or an error port.',
    instance: 'The instance itself: id, workflow, version, startedAt.',
  } satisfies Record<(typeof scopeRoots)[number], string>,
  entity: {
    state: 'The state of the entity.',
    input: 'What the operation was given.',
    entity: 'The entity itself: name, key.',
    before: 'The state before this operation, in its result and signals.',
  } satisfies Record<(typeof entityRoots)[number], string>,
};

/**
 * Candidates for the cursor, from data that earlier steps really produced or an example of it. Pure and quick; follows names,
 * quoted names and brackets before the cursor, and gives up (null) inside texts, comments, patterns and numbers.
 */
export function completeExpression(
  source: string,
  cursor: number,
  sample: { readonly [name: string]: Json },
  subject: ExpressionSubject = 'workflow',
  { shape = {}, uncertain = nothingUncertain }: CompletionKnowledge = {},
): Completion | null {
  const before = source.slice(0, cursor);
  if (!isInCode(before)) return null;
  const to = cursor + (/^[\p{L}\p{N}_]*/u.exec(source.slice(cursor))?.[0].length ?? 0);

  const variable = /\$[\p{L}\p{N}_]*$/u.exec(before);
  if (variable) {
    const candidates = [...ownVariables(source), ...builtinFunctions.map(toCandidate)];
    return narrowed(variable.index, to, candidates, variable[0]);
  }

  const inQuotedName = before.split('`').length % 2 === 0;
  const typed = (inQuotedName ? /`[^`]*$/ : /(?:[\p{L}_][\p{L}\p{N}_]*)?$/u).exec(before)?.[0] ?? '';
  const from = cursor - typed.length;
  if (typed === '' && /[\p{N}]$/u.test(before)) return null;
  const path = pathBefore(before.slice(0, from));
  if (path === null) return null;
  if (path.length === 0) {
    const roots = Object.entries(rootDescriptions[subject])
      .filter(([name]) => Object.hasOwn(sample, name) || Object.hasOwn(shape, name))
      .map(([name, info]): Candidate => ({
        label: name,
        insert: name,
        kind: 'name',
        detail: describeType(sample[name] ?? shape[name]),
        info,
      }));
    const functions =
      typed === '' ? [] : builtinFunctions.filter((builtin) => builtin.name.toLowerCase().startsWith(`$${typed.toLowerCase()}`));
    const completion = narrowed(from, to, roots, typed);
    if (functions.length === 0) return completion;
    return { from, to, candidates: [...(completion?.candidates ?? []), ...functions.map(toCandidate)] };
  }
  const names = namesIn(valuesAt([sample], path), valuesAt([shape], path)).map((candidate): Candidate =>
    uncertain.has([...path, candidate.label].join('.')) ? { ...candidate, mayBeMissing: true } : candidate,
  );
  return narrowed(from, to, names, typed.replace(/^`/, ''));
}

const nothingUncertain: ReadonlySet<string> = new Set();

/** Data is sampled, not searched: this many items of a list tell what the others look like. */
const maxSampledItems = 20;
const maxCandidates = 200;

function toCandidate(builtin: BuiltinFunction): Candidate {
  const takesNothing = builtin.signature.endsWith('()');
  return {
    label: builtin.name,
    insert: takesNothing ? `${builtin.name}()` : `${builtin.name}(`,
    kind: 'function',
    detail: builtin.signature,
    info: builtin.doc,
  };
}

function narrowed(from: number, to: number, all: Candidate[], typed: string): Completion | null {
  const start = typed.toLowerCase();
  const holding = all.filter(({ label }) => label.toLowerCase().includes(start));
  const starting = holding.filter(({ label }) => label.toLowerCase().startsWith(start));
  const candidates = [...starting, ...holding.filter((candidate) => !starting.includes(candidate))].slice(0, maxCandidates);
  return candidates.length === 0 ? null : { from, to, candidates };
}

/** Variables bound anywhere in the expression. */
function ownVariables(source: string): Candidate[] {
  const names = new Set<string>();
  for (const [, name] of source.matchAll(/\$([\p{L}_][\p{L}\p{N}_]*)\s*:=/gu)) if (name) names.add(name);
  for (const [, parameters] of source.matchAll(/(?:function|λ)\s*\(([^()]*)\)/gu)) {
    for (const [, name] of (parameters ?? '').matchAll(/\$([\p{L}_][\p{L}\p{N}_]*)/gu)) if (name) names.add(name);
  }
  return [...names].map((name) => ({
    label: `$${name}`,
    insert: `$${name}`,
    kind: 'variable',
    detail: 'variable',
    info: 'Defined in this expression.',
  }));
}

/** The names that lead to the cursor, outermost first; empty at the start of a path; null where the path begins with something else. */
export function pathBefore(text: string): string[] | null {
  const names: string[] = [];
  let rest = text.trimEnd();
  if (!rest.endsWith('.')) return opensPath(rest) ? [] : null;
  for (;;) {
    rest = rest.slice(0, -1).trimEnd();
    rest = withoutBrackets(rest);
    const name = /(?:`([^`]*)`|([\p{L}_][\p{L}\p{N}_]*)|(\$\$?))$/u.exec(rest);
    if (name === null) return null;
    rest = rest.slice(0, name.index).trimEnd();
    // `$` and `$$` at the start stand for all the data.
    if (name[3] === undefined) names.unshift(name[1] ?? name[2] ?? '');
    if (!rest.endsWith('.') || rest.endsWith('..')) return rest.endsWith('$') ? null : names;
    if (name[3] !== undefined) return null;
  }
}

function opensPath(text: string): boolean {
  return text === '' || /[-+*/%=<>&|~^!?:;,([{]$/.test(text) || /(?:^|[^\p{L}\p{N}_$`.])(?:and|or|in)$/u.test(text);
}

/** Drops filters such as `[price > 3]` at the end. */
function withoutBrackets(text: string): string {
  let rest = text;
  while (rest.endsWith(']')) {
    let depth = 0;
    let at = rest.length - 1;
    for (; at >= 0; at--) {
      if (rest[at] === ']') depth++;
      if (rest[at] === '[' && --depth === 0) break;
    }
    if (at < 0) return '';
    rest = rest.slice(0, at).trimEnd();
  }
  return rest;
}

/** What the data holds along a path, looking through lists as JSONata does. */
export function valuesAt(start: readonly Json[], path: readonly string[]): Json[] {
  let values = [...start];
  for (const name of path) {
    values = flattened(values).flatMap((value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name) ? [value[name] as Json] : [],
    );
  }
  return flattened(values);
}

function flattened(values: readonly Json[]): Json[] {
  return values.slice(0, maxSampledItems).flatMap((value) => (Array.isArray(value) ? flattened(value) : [value]));
}

/** The names in the sample, then those that only the shape knows. */
function namesIn(values: readonly Json[], shapes: readonly Json[]): Candidate[] {
  const found = new Map<string, { value: Json; isReal: boolean }>();
  for (const [all, isReal] of [
    [values, true],
    [shapes, false],
  ] as const) {
    for (const value of all) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
      for (const [name, content] of Object.entries(value)) {
        const known = found.get(name);
        if (!known || (known.value === null && content !== null)) found.set(name, { value: content, isReal });
      }
    }
  }
  return [...found].map(([name, { value, isReal }]) => ({
    label: name,
    insert: quoteName(name),
    kind: 'name',
    detail: describeType(value),
    info: isReal ? preview(value) : '',
  }));
}

const keywords = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);

/** A name as it is written in an expression. */
export function quoteName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !keywords.has(name) ? name : `\`${name}\``;
}

/** A value's type in a word or three. */
export function describeType(value: Json | undefined): string {
  if (value === undefined) return '';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `list of ${value.length}`;
  return { string: 'text', number: 'number', boolean: 'boolean', object: 'object' }[
    typeof value as 'string' | 'number' | 'boolean' | 'object'
  ];
}

function preview(value: Json): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '' : Object.keys(value).slice(0, 6).join(', ');
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Whether the end of the text is code rather than the inside of a text or a comment. */
export function isInCode(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"' || character === "'") {
      for (at++; text[at] !== character; at += text[at] === '\\' ? 2 : 1) if (at >= text.length) return false;
    } else if (character === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      if (end === -1) return false;
      at = end + 1;
    }
  }
  return true;
}
