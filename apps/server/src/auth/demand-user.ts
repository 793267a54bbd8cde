import { RequestError } from '../errors/request-error.ts';
import type { Identity } from './identity.ts';

/** For what is about somebody's own account, which keys have none of. */
export function demandUser(identity: Identity): Extract<Identity, { kind: 'user' }> {
  if (identity.kind === 'user') return identity;
  throw new RequestError('auth.forbidden', 'This is for people who are signed in, not for keys.');
}
