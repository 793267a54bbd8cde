import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explainProblem, explanations } from './explain-problem.ts';

const here = import.meta.dirname;

function documentedCodes(): string[] {
  const page = readFileSync(join(here, '../../../docs/problems.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([a-z.-]+)`/g)].map(([, code]) => code!));
}

it('explains every problem code, and no other', () => {
  expect(Object.keys(explanations).sort()).toEqual(documentedCodes().sort());
  for (const [code, { means, matters, todo }] of Object.entries(explanations))
    for (const text of [means, matters, todo]) expect(text, code).toMatch(/^[A-Z][^!]*[.\]]\.?$/);
  expect(explainProblem('toString')).toBeUndefined();
});

it('documents every problem code, and no other', () => {
  const documented = documentedCodes();
  const sources = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/explain-problem/.test(file),
  );
  const text = sources.map((file) => readFileSync(join(here, file), 'utf8')).join('\n');
  const written = [
    ...text.matchAll(
      /'((?:document|config|schema|expression|container|variables|port|soundness|start|retry|timeout|node|entity|section|pin|scenario)\.[a-z-]+)'/g,
    ),
  ].map(([, code]) => code!);
  // Codes put together from a part: the faults of edges, and what exists for both of two fields.
  const faults = /export type EdgeFault =([^;]+);/
    .exec(text)![1]!
    .match(/[a-z-]{3,}/g)!
    .map((fault) => `edge.${fault}`);
  const composed = [
    'node.duplicate-id',
    'edge.duplicate-id',
    'note.duplicate-id',
    'scenario.duplicate-id',
    'retry.not-allowed',
    'timeout.not-allowed',
    ...faults,
  ];
  expect([...new Set(documented)].sort()).toEqual([...new Set([...written, ...composed])].sort());
});
