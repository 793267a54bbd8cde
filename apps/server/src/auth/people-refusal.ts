import { RequestError } from '../errors/request-error.ts';

/** In words, what a change to people or groups was refused for. */
export function peopleRefusal(code: 'people.unknown' | 'people.last-admin' | 'group.unknown' | 'group.exists'): RequestError {
  return new RequestError(code, words[code]);
}

const words = {
  'people.unknown': 'There is no such person any more.',
  'people.last-admin': 'Nobody would be left who is an administrator for all workflows. Make somebody else one first.',
  'group.unknown': 'There is no such group any more.',
  'group.exists': 'There is a group with this name already. Choose another one.',
} as const;
