/** An error thrown by JSONata's parser or evaluator: a plain object with a code, not an Error. */
export interface JsonataFault {
  code: string;
  position?: number | undefined;
  token?: unknown;
  value?: unknown;
  value2?: unknown;
  index?: number | undefined;
  message?: string | undefined;
}

export function isJsonataFault(thrown: unknown): thrown is JsonataFault {
  return (
    typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string' && /^[SDT]\d{4}$/.test(thrown.code)
  );
}

/** What happened and what to do, in words for the person who wrote the expression. */
export function explainFault(fault: JsonataFault): string {
  const token = String(fault.token ?? '');
  const got = describe(fault.value);
  switch (fault.code) {
    case 'S0101':
      return 'A text is not closed. Add the missing quote.';
    case 'S0102':
      return `The number ${token} is too large.`;
    case 'S0103':
      return `\\${token} is not an escape sequence. Write \\\\ for a backslash.`;
    case 'S0104':
      return '\\u must be followed by four hexadecimal digits.';
    case 'S0105':
      return 'A quoted name is not closed. Add the missing backquote (`).';
    case 'S0106':
      return 'A comment is not closed. Add the missing */.';
    case 'S0201':
      return `Unexpected ${quote(token)}. An operator or a closing bracket may be missing before it.`;
    case 'S0202':
      return `Expected ${quote(String(fault.value))} but found ${quote(token)}.`;
    case 'S0203':
      return `The expression ends too early: ${quote(String(fault.value))} is missing.`;
    case 'S0204':
    case 'S0205':
    case 'S0206':
      return `${quote(token)} cannot be used here.`;
    case 'S0207':
      return 'The expression ends too early.';
    case 'S0211':
      return `${quote(token)} cannot start a value.`;
    case 'S0213':
      return `A path cannot contain ${got}. Put names with unusual characters between backquotes.`;
    case 'S0301':
      return 'The regular expression is empty.';
    case 'S0302':
      return 'The regular expression is not closed. Add the missing slash.';
    case 'T0410':
    case 'T0411':
      return `Argument ${fault.index ?? 1} of ${functionName(token)} cannot be ${got}.`;
    case 'T0412':
      return `Argument ${fault.index ?? 1} of ${functionName(token)} must be a list whose items all have the type it expects.`;
    case 'T1003':
      return `A key of an object must be a text, but it is ${got}.`;
    case 'T1005':
      return `${quote(token)} is not a function. Functions start with $: write $${token}(…).`;
    case 'T1006':
      return `${functionName(token)} is not a function.`;
    case 'D1001':
      return 'A number is out of range. Check for a division by zero.';
    case 'D1002':
      return `Only a number can be negated, but this is ${got}.`;
    case 'D1004':
      return 'The regular expression matches an empty text, so it would never end.';
    case 'D1009':
      return `The key ${quote(String(fault.value))} is given more than once.`;
    case 'D1011':
      return 'The functions call each other too deeply. Check that the recursion ends.';
    case 'T2001':
      return `The left side of ${token} must be a number, but it is ${got}.`;
    case 'T2002':
      return `The right side of ${token} must be a number, but it is ${got}.`;
    case 'T2003':
      return `The left side of .. must be a whole number, but it is ${got}.`;
    case 'T2004':
      return `The right side of .. must be a whole number, but it is ${got}.`;
    case 'T2006':
      return 'The right side of ~> must be a function.';
    case 'T2009':
      return `${token} cannot compare ${got} with ${describe(fault.value2)}.`;
    case 'T2010':
      return `${token} compares numbers or texts, but one side is ${got}.`;
    case 'D2014':
    case 'D2015':
      return 'A list became too long. Work on fewer items at once.';
    case 'D3001':
      return 'A number that is not finite cannot become a text. Check for a division by zero.';
    case 'D3030':
      return `${got[0]?.toUpperCase() ?? ''}${got.slice(1)} cannot be read as a number.`;
    default:
      return fault.message ?? `The expression failed (${fault.code}).`;
  }
}

function functionName(token: string): string {
  return token === '' ? 'this function' : `$${token}`;
}

function quote(token: string): string {
  return token === '(end)' ? 'the end of the expression' : `“${token}”`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `the text “${value.length > 60 ? `${value.slice(0, 60)}…` : value}”`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'function') return 'a function';
  return Array.isArray(value) ? 'a list' : 'an object';
}
