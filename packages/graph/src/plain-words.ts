import type { z } from 'zod';

/**
 * What a person is told where a schema has no words of its own: given as the `error` of a parse, it stands behind every message that is written
 * beside a field. Without it zod speaks of what it "expected" and "received".
 */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords[issue.expected] ?? 'Enter a value of the right kind.';
    case 'invalid_value':
      return `Enter ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}.`;
    case 'too_big':
      return `Use ${issue.maximum}${unitOf(issue.origin)} at most.`;
    case 'too_small':
      return issue.minimum === 1 && issue.origin === 'string' ? 'Enter a text.' : `Use ${issue.minimum}${unitOf(issue.origin)} at least.`;
    default:
      return undefined;
  }
};

const typeWords: Readonly<Record<string, string>> = {
  string: 'Enter a text.',
  number: 'Enter a number.',
  int: 'Enter a whole number.',
  boolean: 'Enter true or false.',
  array: 'Enter a list.',
  object: 'Enter an object.',
  record: 'Enter an object.',
};

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
}
