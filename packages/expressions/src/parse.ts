import jsonata from 'jsonata';
import { childrenOf, type ExpressionNode } from './expression-node.ts';
import { explainFault, isJsonataFault } from './error-message.ts';
import { compileLinearPattern } from './linear-regexp.ts';

/**
 * Text to syntax tree, refusing what would be costly to parse or is never allowed.
 * Parsing happens in the server's and the page's own process, so its cost must be bounded by the caps here.
 */
export type ParseResult = { ok: true; root: ExpressionNode } | { ok: false; message: string; position: number };

export const maxExpressionLength = 16 * 1024;
const maxDepth = 200;
/** JSONata's parser copies the left side of `?:` and `??`, so each nesting doubles the tree. */
const maxDoublings = 6;

export function parseExpression(source: string): ParseResult {
  if (source.length > maxExpressionLength) {
    return refuse(`An expression may have ${maxExpressionLength} characters at most; this one has ${source.length}.`, maxExpressionLength);
  }
  if (source.trim() === '') return refuse('The expression is empty.', 0);
  const doubled = findDoubling(source);
  if (doubled !== null) return refuse('?: and ?? are nested too deeply. Split the expression with variables.', doubled);

  let root: ExpressionNode;
  try {
    // The library's typings describe only a part of the tree; see expression-node.ts.
    root = jsonata(source).ast() as unknown as ExpressionNode;
  } catch (thrown) {
    if (isJsonataFault(thrown)) return refuse(explainFault(thrown), clampPosition(thrown.position, source));
    if (thrown instanceof RangeError) return refuse('The expression is nested too deeply.', 0);
    // The tokenizer compiles regular expressions as it meets them.
    if (thrown instanceof SyntaxError) return refuse(`The regular expression is not valid: ${thrown.message}.`, 0);
    if (thrown instanceof TypeError) return refuse('The expression is not complete.', source.length);
    throw thrown;
  }
  const refusal = findRefusal(root, 0);
  return refusal === null ? { ok: true, root } : refuse(refusal.message, refusal.position);
}

function refuse(message: string, position: number): ParseResult {
  return { ok: false, message, position };
}

function clampPosition(position: number | undefined, source: string): number {
  return Math.max(0, Math.min(position ?? 0, source.length));
}

function findRefusal(node: ExpressionNode, depth: number): { message: string; position: number } | null {
  const position = node.position ?? 0;
  if (depth > maxDepth) return { message: 'The expression is nested too deeply.', position };
  if (node.type === 'variable' && node.value === 'eval') return { message: '$eval is not available.', position };
  if (node.type === 'regex' && node.value instanceof RegExp) {
    const compiled = compileLinearPattern(node.value);
    if (!compiled.ok) return { message: compiled.message, position };
  }
  for (const child of childrenOf(node)) {
    const refusal = findRefusal(child, depth + 1);
    if (refusal) return refusal;
  }
  return null;
}

/**
 * The position of the operator at which nested `?:`/`??` would double the tree too often, or null.
 * A light scan that knows texts, comments, quoted names, regular expressions and brackets. Where only the parser could tell a regular
 * expression from a division (after a field called `and`, `or` or `in`), every operator counts.
 */
function findDoubling(source: string): number | null {
  const operators = [...source.matchAll(/\?[?:]/g)];
  const oneTooMany = operators[maxDoublings];
  if (oneTooMany === undefined) return null;
  if (/(and|or|in)\s*\//.test(source)) return oneTooMany.index;

  // Per open bracket: the most doublings of any finished operand, and those of the operand being read.
  const levels = [{ most: 0, operand: 0 }];
  let operandBefore = false;
  for (let at = 0; at < source.length; at++) {
    const level = levels[levels.length - 1]!; // the root level is never popped
    const character = source[at]!; // at < length
    if (/\s/.test(character)) continue;
    if (character === '/' && source[at + 1] === '*') {
      at = indexOrEnd(source, '*/', at + 2) + 1;
      continue;
    }
    if (character === '/' && !operandBefore) {
      at = endOfRegularExpression(source, at);
      operandBefore = true;
      continue;
    }
    operandBefore = /[^-+*/%=<>&|~^!?:;,.([{]/.test(character);
    if (character === '"' || character === "'") {
      for (at++; at < source.length && source[at] !== character;) at += source[at] === '\\' ? 2 : 1;
    } else if (character === '`') {
      at = indexOrEnd(source, '`', at + 1);
    } else if ('([{'.includes(character)) {
      levels.push({ most: 0, operand: 0 });
    } else if (')]}'.includes(character) && levels.length > 1) {
      levels.pop();
      const outer = levels[levels.length - 1]!; // length was > 1
      outer.operand = Math.max(outer.operand, level.most, level.operand);
    } else if (character === '?' && (source[at + 1] === ':' || source[at + 1] === '?')) {
      level.most = Math.max(level.most, level.operand + 1);
      level.operand = 0;
      if (level.most > maxDoublings) return at;
      at++;
    }
  }
  return null;
}

function indexOrEnd(source: string, text: string, from: number): number {
  const index = source.indexOf(text, from);
  return index === -1 ? source.length : index;
}

/** As the tokenizer does it: the first slash that is neither escaped nor inside brackets. */
function endOfRegularExpression(source: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at]!; // at < length
    const escaped = source[at - 1] === '\\';
    if (character === '/' && depth === 0) {
      let backslashes = 0;
      while (source[at - 1 - backslashes] === '\\') backslashes++;
      if (backslashes % 2 === 0) return at;
    }
    if (!escaped && '([{'.includes(character)) depth++;
    if (!escaped && ')]}'.includes(character)) depth--;
  }
  return source.length;
}
