import jsonata from 'jsonata';
import { explainFault, isJsonataFault } from './error-message.ts';
import { maxResultLength } from './json-size.ts';
import { LinearRegExp } from './linear-regexp.ts';
import type { SandboxReply, SandboxRequest } from './sandbox-message.ts';
import { turnRandom } from './turn-random.ts';

/**
 * The child process in which JSONata runs. It is started with an empty environment, a small heap and no permissions, and is killed by
 * the parent when an evaluation takes too long; nothing here is what keeps the parent safe. The guards below only turn what would
 * end in a kill into a message that helps.
 */

const maxSequenceLength = 200_000;
const maxStackDepth = 1000;
const maxPadding = 1_000_000;
/** Ends cooperative loops when the parent is gone and cannot kill. */
const orphanTimeoutMs = 5_000;
const maxCachedExpressions = 500;

class TooLarge extends Error {}

let random = turnRandom('');
let turnAt = 0;

bindClockToTurn();

const cache = new Map<string, jsonata.Expression>();

process.on('message', (request: SandboxRequest) => {
  void answer(request).then(send);
});
process.on('disconnect', () => process.exit(0));
send({ ready: true });

function send(reply: SandboxReply): void {
  process.send?.(reply);
}

async function answer(request: SandboxRequest): Promise<SandboxReply> {
  const { id } = request;
  random = turnRandom(request.seed);
  turnAt = request.at;
  try {
    const value: unknown = await compile(request.source).evaluate(JSON.parse(request.scope));
    if (value === undefined || typeof value === 'function') return { id, ok: true, value: null };
    const text = toJson(value);
    if (text === undefined) return { id, ok: true, value: null };
    if (text.length > maxResultLength) throw new TooLarge(`The result has more than ${maxResultLength / 1024 / 1024} MB.`);
    return { id, ok: true, value: text };
  } catch (thrown) {
    return { id, ok: false, ...explain(thrown) };
  }
}

function compile(source: string): jsonata.Expression {
  const known = cache.get(source);
  if (known) return known;
  const options = {
    // JSONata uses `exec` and `lastIndex` only.
    RegexEngine: LinearRegExp as unknown as RegExpConstructor,
    timeout: orphanTimeoutMs,
    stack: maxStackDepth,
    sequence: maxSequenceLength,
  };
  const expression = jsonata(source, options);
  expression.registerFunction('eval', () => {
    throw new Error('$eval is not available.');
  });
  expression.registerFunction('uuid', () => random.uuid(), '<:s>');
  expression.registerFunction('pad', pad, '<s-ns?:s>');
  if (cache.size >= maxCachedExpressions) cache.clear();
  cache.set(source, expression);
  return expression;
}

/** As JSONata's own, with a limit on the width, which would otherwise be an allocation by argument. */
function pad(text: string | undefined, width: number, filler: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const wanted = Math.abs(Math.trunc(width));
  if (wanted > maxPadding) throw new TooLarge(`$pad can make a text of ${maxPadding} characters at most.`);
  const missing = wanted - [...text].length;
  if (!(missing > 0)) return text;
  const characters = [...(filler === undefined || filler === '' ? ' ' : filler)];
  let padding = characters.join('').repeat(Math.ceil(missing / characters.length));
  if (characters.length > 1) padding = [...padding].slice(0, missing).join('');
  return width > 0 ? text + padding : padding + text;
}

function toJson(value: unknown): string | undefined {
  let length = 0;
  return JSON.stringify(value, (key, part: unknown) => {
    length += key.length + (typeof part === 'string' ? part.length : 1);
    if (length > maxResultLength) throw new TooLarge(`The result has more than ${maxResultLength / 1024 / 1024} MB.`);
    if (key === '$payload' || key === '__proto__') throw new Error(`An object cannot have the key “${key}”.`);
    if (typeof part === 'number' && !Number.isFinite(part)) throw Object.assign(new Error(), { code: 'D1001' });
    if (typeof part === 'object' && part !== null && ('_jsonata_function' in part || '_jsonata_lambda' in part)) return undefined;
    return part;
  });
}

function explain(thrown: unknown): { code: 'Expression' | 'ExpressionTimeout' | 'ExpressionTooLarge'; message: string } {
  if (thrown instanceof TooLarge) return { code: 'ExpressionTooLarge', message: thrown.message };
  if (isJsonataFault(thrown)) {
    if (thrown.code === 'D1012') return { code: 'ExpressionTimeout', message: 'The expression took too long.' };
    const code = thrown.code === 'D2014' || thrown.code === 'D2015' ? 'ExpressionTooLarge' : 'Expression';
    return { code, message: cut(explainFault(thrown)) };
  }
  if (thrown instanceof RangeError) return { code: 'ExpressionTooLarge', message: `A value became too large: ${thrown.message}.` };
  return { code: 'Expression', message: cut(thrown instanceof Error ? thrown.message : String(thrown)) };
}

function cut(message: string): string {
  return message.length > 4096 ? `${message.slice(0, 4095)}…` : message;
}

/**
 * JSONata reads the host's clock (`$now`, `$millis`, missing parts in `$toMillis`) and `Math.random` (`$random`, `$shuffle`).
 * Here both belong to the turn. `Date.now()` stays real: JSONata measures its own timeout with it.
 */
function bindClockToTurn(): void {
  const HostDate = globalThis.Date;
  globalThis.Date = new Proxy(HostDate, {
    construct: (target, args: unknown[], newTarget) => Reflect.construct(target, args.length === 0 ? [turnAt] : args, newTarget) as object,
  });
  Math.random = () => random.number();
}
