import { CheapError, Escalation, type CheapRun, type CheapValue } from './cheap-run.ts';
import type { CheapFunctionName } from './cheap-function-names.ts';
import { truthOf, textOf } from './cheap-values.ts';

/**
 * The built-in functions that run inside a turn, with JSONata's answers. Arguments of a wrong type escalate: the sandbox then gives
 * JSONata's own error.
 */
type CheapFunction = (run: CheapRun, ...args: CheapValue[]) => CheapValue;

export const cheapFunctions: Readonly<Record<CheapFunctionName, CheapFunction>> = {
  exists: (_run, value) => value !== undefined,
  not: (run, value) => (value === undefined ? undefined : !truthOf(run, value)),
  boolean: (run, value) => (value === undefined ? undefined : truthOf(run, value)),
  number: (_run, value) => numberFrom(value),
  string: (run, value) => (value === undefined ? undefined : textOf(run, value)),
  type(_run, value) {
    if (value === undefined) return undefined;
    if (value === null) return 'null';
    return Array.isArray(value) ? 'array' : typeof value;
  },
  uppercase: (run, text) => onText(run, text, (given) => given.toUpperCase()),
  lowercase: (run, text) => onText(run, text, (given) => given.toLowerCase()),
  trim: (run, text) => onText(run, text, (given) => given.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, '')),
  length: (run, text) => onText(run, text, (given) => [...given].length),
  substring: (run, text, start, length) =>
    onText(run, text, (given) => {
      if (typeof start !== 'number' || (length !== undefined && typeof length !== 'number')) throw new Escalation();
      const characters = [...given];
      const from = characters.length + start < 0 ? 0 : start;
      if (length === undefined) return characters.slice(from).join('');
      if (length <= 0) return '';
      return characters.slice(from, from >= 0 ? from + length : characters.length + from + length).join('');
    }),
  substringBefore: (run, text, separator) =>
    onText(run, text, (given) => {
      const at = given.indexOf(requireText(separator));
      return at === -1 ? given : given.slice(0, at);
    }),
  substringAfter: (run, text, separator) =>
    onText(run, text, (given) => {
      const at = given.indexOf(requireText(separator));
      return at === -1 ? given : given.slice(at + requireText(separator).length);
    }),
  contains: (run, text, part) => onText(run, text, (given) => given.includes(requireText(part))),
  floor: (_run, value) => onNumber(value, Math.floor),
  ceil: (_run, value) => onNumber(value, Math.ceil),
  abs: (_run, value) => onNumber(value, Math.abs),
  round(_run, value, precision) {
    if (precision !== undefined && typeof precision !== 'number') throw new Escalation();
    return onNumber(value, (given) => roundHalfEven(given, precision ?? 0));
  },
  count(_run, value) {
    if (value === undefined) return 0;
    return Array.isArray(value) ? value.length : 1;
  },
  sum: (run, value) => onNumbers(run, value, (numbers) => numbers.reduce((total, one) => total + one, 0)),
  max: (run, value) => onNumbers(run, value, (numbers) => (numbers.length === 0 ? undefined : Math.max(...numbers))),
  min: (run, value) => onNumbers(run, value, (numbers) => (numbers.length === 0 ? undefined : Math.min(...numbers))),
  average: (run, value) =>
    onNumbers(run, value, (numbers) =>
      numbers.length === 0 ? undefined : numbers.reduce((total, one) => total + one, 0) / numbers.length,
    ),
  now: (run) => run.now(),
  millis: (run) => run.millis(),
  random: (run) => run.random.number(),
  uuid: (run) => run.random.uuid(),
  error(_run, message) {
    if (message !== undefined && typeof message !== 'string') throw new Escalation();
    throw new CheapError({ code: 'D3137', message: message || '$error() function evaluated' });
  },
};

/** Longer texts are for the sandbox. */
const maxTextLength = 64 * 1024;

function onText(run: CheapRun, text: CheapValue, work: (text: string) => CheapValue): CheapValue {
  if (text === undefined) throw new Escalation();
  if (typeof text !== 'string' || text.length > maxTextLength) throw new Escalation();
  run.spend(text.length >> 6);
  return work(text);
}

function requireText(value: CheapValue): string {
  if (typeof value !== 'string') throw new Escalation();
  return value;
}

function onNumber(value: CheapValue, work: (value: number) => number): CheapValue {
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw new Escalation();
  return finite(work(value));
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new Escalation();
  // JSON has no negative zero.
  return value === 0 ? 0 : value;
}

function onNumbers(run: CheapRun, value: CheapValue, work: (numbers: number[]) => number | undefined): CheapValue {
  if (value === undefined) return undefined;
  const list = Array.isArray(value) ? value : [value];
  run.spend(list.length);
  const numbers = list.filter((item) => typeof item === 'number');
  if (numbers.length !== list.length || numbers.length > 10_000) throw new Escalation();
  const result = work(numbers);
  return result === undefined ? undefined : finite(result);
}

function numberFrom(value: CheapValue): CheapValue {
  if (value === undefined || typeof value === 'number') return value;
  if (value === true) return 1;
  if (value === false) return 0;
  if (typeof value !== 'string' || value.length > 400) throw new Escalation();
  if (!/^-?\d+(\.\d+)?([Ee][-+]?\d+)?$/.test(value) || !Number.isFinite(Number(value))) throw new Escalation();
  return Number.parseFloat(value);
}

/** As JSONata rounds: halves to the even neighbour, the decimal point shifted in text to avoid binary fractions. */
function roundHalfEven(value: number, precision: number): number {
  const shifted = precision === 0 ? value : shiftPoint(value, precision);
  let rounded = Math.round(shifted);
  if (Math.abs(rounded - shifted) === 0.5 && Math.abs(rounded % 2) === 1) rounded -= 1;
  return precision === 0 ? rounded : shiftPoint(rounded, -precision);
}

function shiftPoint(value: number, places: number): number {
  const [digits, exponent] = String(value).split('e');
  return Number(`${digits}e${Number(exponent ?? 0) + places}`);
}
