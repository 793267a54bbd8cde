/**
 * Runs fuzz cases of definitions and expressions, in a process of its own that can be killed when one of them does not end. The number of the
 * case at work stands in a file, which outlives this process.
 */
import { openSync, writeSync } from 'node:fs';
import { evaluateForPreview, expressionAnalyser, type ExpressionScope } from '@perdure/expressions';
import { compile, parseDocument, parseJson, standardCatalogue, validate, type Json } from '@perdure/graph';
import { drawWorkflow, seededRandom } from '@perdure/testing';
import { among, anyExpression, anyValue, mutated, type Random } from './fuzz-cases.ts';

export interface FuzzSettings {
  /** Holds the number of the case at work. */
  place: string;
}

export interface FuzzQuestion {
  subject: 'definitions' | 'expressions';
  seed: string;
  from: number;
  count: number;
}

export interface FuzzAnswer {
  /** Those that broke something: what, and the case's number. */
  broken: { number: number; what: string }[];
  /** Of definitions: compiled; of expressions: gave a value. Without any, the cases would test the front door only. */
  deep: number;
}

// Written by `startWorkerProcess` from FuzzSettings.
const settings = JSON.parse(process.env['PERDURE_DRILL'] ?? '{}') as FuzzSettings;
const place = openSync(settings.place, 'w');
const usualCounts = prototypes().map((prototype) => Object.getOwnPropertyNames(prototype).length);

process.on('message', ({ ask, question }: { ask: number; question: FuzzQuestion }) => {
  process.send?.({ answer: ask, result: run(question) });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });

function run({ subject, seed, from, count }: FuzzQuestion): FuzzAnswer {
  const answer: FuzzAnswer = { broken: [], deep: 0 };
  for (let number = from; number < from + count; number += 1) {
    writeSync(place, String(number).padEnd(12), 0);
    const next = seededRandom(`${seed} ${subject} ${number}`);
    try {
      if (subject === 'definitions' ? definition(next) : expression(next)) answer.deep += 1;
    } catch (error) {
      answer.broken.push({ number, what: (error as Error).stack ?? String(error) });
    }
    const stain = polluted();
    if (stain !== null) answer.broken.push({ number, what: `Object.prototype has got ${stain}` });
  }
  return answer;
}

/** Draws with every node type there is, each configured as its own example; then spoils it. */
function definition(next: Random): boolean {
  const types = standardCatalogue.types.filter(({ key }) => key !== 'start');
  const chosen = Array.from({ length: 1 + Math.floor(next() * 6) }, () => among(next, types));
  const drawn = drawWorkflow(
    Object.fromEntries([
      ['start', { type: 'start' }],
      ...chosen.map(({ key, docs, defaultConfig }, i) => [
        `n${i}`,
        { type: key, config: next() < 0.5 ? (docs.example.config ?? defaultConfig()) : defaultConfig() },
      ]),
    ]) as Parameters<typeof drawWorkflow>[0], // the keys are the names above
    ['start -> n0', ...chosen.slice(1).map((_, i) => `n${Math.floor(next() * (i + 1))} -> n${i + 1}`)],
  );
  const proper = JSON.parse(JSON.stringify(drawn)) as Json;
  const spoilt = next() < 0.3 ? proper : mutated(next, proper);
  const text = JSON.stringify(spoilt);
  const parsedText = parseJson(next() < 0.05 ? text.slice(0, Math.floor(next() * text.length)) : text);
  if (!parsedText.ok) return false;
  const parsed = parseDocument(parsedText.value);
  if (!parsed.ok) return false;
  const problems = validate(parsed.document, expressionAnalyser);
  const compiled = compile(parsed.document, { analyser: expressionAnalyser });
  if (!compiled.ok && !problems.some(({ severity }) => severity === 'error'))
    throw new Error('It does not compile, and no problem says why.');
  return compiled.ok;
}

function expression(next: Random): boolean {
  const scope: ExpressionScope = {
    input: {
      amount: 120,
      text: 'abbbc aaaaaaaaaaaaaaaaaaaaaaaaaaaa!',
      items: [
        { name: 'a', price: 4, quantity: 2 },
        { name: 'b', price: 2, quantity: 9 },
      ],
      odd: anyValue(next),
    },
    vars: { v: anyValue(next) },
    steps: { quote: { output: { price: 3 } } },
    instance: { id: 'i', executionId: 'e', workflow: 'w', version: 1, startedAt: '2026-01-01T00:00:00.000Z' },
  };
  const preview = evaluateForPreview(anyExpression(next), scope, { at: 1_767_225_600_000, seed: 'fuzz' });
  return preview.state === 'value' || preview.state === 'server';
}

function prototypes(): object[] {
  return [Object.prototype, Array.prototype, Function.prototype, String.prototype];
}

function polluted(): string | null {
  for (const [i, prototype] of prototypes().entries()) {
    const names = Object.getOwnPropertyNames(prototype);
    if (names.length !== usualCounts[i]) return `${names.at(-1)} in ${names.length} names`;
  }
  return null;
}
