import { expect, test } from 'vitest';
import { RequestError } from '../errors/request-error.ts';
import { findDuplicateKey, readJsonBody } from './strict-body.ts';

function refusal(text: string): RequestError {
  try {
    readJsonBody(text);
  } catch (thrown) {
    if (thrown instanceof RequestError) return thrown;
    throw thrown;
  }
  throw new Error('It was accepted.');
}

test('a key twice in one object is found, in whatever way it is written', () => {
  expect(findDuplicateKey('{"a":1,"b":{"a":2}}')).toBeUndefined();
  expect(findDuplicateKey('[{"a":1},{"a":2}]')).toBeUndefined();
  expect(findDuplicateKey('{"a":"a","b":["a","a"],"c":"\\"a\\":1,\\"a\\":1"}')).toBeUndefined();
  expect(findDuplicateKey('{"a":1,"b":[{"c":1,"c":2}]}')).toBe('c');
  expect(findDuplicateKey('{"a":1,"\\u0061":2}')).toBe('a');
  expect(findDuplicateKey('{"a\\\\":1,"a\\\\":2}')).toBe('a\\');
});

test('broken text says where, also when it is large', () => {
  expect(refusal('{"a":\n1,}')).toMatchObject({ code: 'body.invalid-json', details: { line: 2, column: 3 } });
  expect(refusal(`{"a":"${'x'.repeat(9_000_000)}`).code).toBe('body.invalid-json');
  expect(readJsonBody(`{"a":"${'x'.repeat(9_000_000)}"}`)).toBeTypeOf('object');
});

test('a guarded key says where', () => {
  expect(refusal('{"a":[{"__proto__":1}]}')).toMatchObject({ code: 'body.refused-key', details: { path: 'a.0.__proto__' } });
});
