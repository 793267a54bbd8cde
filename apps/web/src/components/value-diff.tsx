import { isExpression, type Json } from '@perdure/graph';
import { diffLines } from 'diff';
import { useMemo } from 'react';
import './value-diff.css';

/** Two values side by side, with the lines that differ tinted. Expressions and texts as they are written, everything else as JSON. */
export function ValueDiff({
  before,
  after,
  labels: [beforeLabel, afterLabel] = ['Before', 'After'],
}: {
  before: Json | undefined;
  after: Json | undefined;
  labels?: readonly [string, string];
}) {
  const { left, right } = useMemo(() => sides(before, after), [before, after]);
  return (
    <div className="vs-values">
      <Side label={beforeLabel} lines={left} sign="–" isMissing={before === undefined} />
      <Side label={afterLabel} lines={right} sign="+" isMissing={after === undefined} />
    </div>
  );
}

interface Line {
  text: string;
  differs: boolean;
}

function Side({ label, lines, sign, isMissing }: { label: string; lines: readonly Line[]; sign: string; isMissing: boolean }) {
  return (
    <div className="vs-side" role="group" aria-label={label}>
      {isMissing ? (
        <span className="t3">Not there</span>
      ) : (
        <pre className="code" tabIndex={0}>
          {lines.map(({ text, differs }, i) => (
            // Lines have no identity but their place, and are drawn anew when a value changes.
            <span key={i} className={differs ? `vs-line ${sign === '+' ? 'new' : 'old'}` : 'vs-line'}>
              <i aria-hidden="true">{differs ? sign : ' '}</i>
              {text}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
    </div>
  );
}

/** Longer values are shown without looking for equal lines. */
const longestCompared = 200_000;

function sides(before: Json | undefined, after: Json | undefined): { left: Line[]; right: Line[] } {
  const [one, other] = [textOf(before), textOf(after)];
  const lines = (text: string, differs: boolean): Line[] =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => ({ text: line, differs }));
  if (before === undefined || after === undefined || one.length + other.length > longestCompared)
    return {
      left: lines(one, before !== undefined && after !== undefined),
      right: lines(other, before !== undefined && after !== undefined),
    };
  const left: Line[] = [];
  const right: Line[] = [];
  for (const { value, added, removed } of diffLines(`${one}\n`, `${other}\n`)) {
    if (!added) left.push(...lines(value, removed));
    if (!removed) right.push(...lines(value, added));
  }
  return { left, right };
}

function textOf(value: Json | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return isExpression(value) ? value.expr : JSON.stringify(value, null, 2);
}
