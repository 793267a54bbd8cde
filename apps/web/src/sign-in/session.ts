/** Signing in and out, and what is done with a password: plain HTTP, for it changes the cookie that everything else travels with. */
export type Answer<Content = unknown> =
  | { ok: true; content: Content }
  | { ok: false; code: string; message: string; fields: FieldMessage[] };

export interface FieldMessage {
  field: string;
  message: string;
}

export const signInWithLink = (token: string): Promise<Answer> => post('/api/auth/sign-in-link', { token });
export const signInWithPassword = (email: string, password: string): Promise<Answer> => post('/api/auth/sign-in', { email, password });
export const lookAtInvitation = (token: string): Promise<Answer<{ email: string; invitedBy: string }>> =>
  post('/api/auth/invitation', { token });
export const acceptInvitation = (token: string, name: string, password: string): Promise<Answer> =>
  post('/api/auth/accept-invitation', { token, name, password });
export const changePassword = (current: string | null, password: string): Promise<Answer> =>
  post('/api/auth/change-password', { current, password });
/** `mailed` false: no mail server is set up. */
export const forgottenPassword = (email: string): Promise<Answer<{ mailed: boolean }>> => post('/api/auth/forgotten-password', { email });
export const resetPassword = (token: string, password: string): Promise<Answer<{ email: string }>> =>
  post('/api/auth/reset-password', { token, password });

export async function signOut(): Promise<void> {
  const answer = await post('/api/auth/sign-out', {});
  if (!answer.ok && answer.code !== 'auth.required') throw new Error('Not signed out. The server did not accept it, try again.');
}

/** `unreachable` when the server does not answer or cannot serve; what was asked for may then be tried again. */
async function post<Content>(path: string, body: object): Promise<Answer<Content>> {
  let response: Response;
  try {
    response = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  } catch {
    return { ok: false, code: 'unreachable', message: 'Perdure does not answer. Check that the server runs, then try again.', fields: [] };
  }
  const content: unknown = await response.json().catch(() => null);
  if (response.ok) return { ok: true, content: content as Content }; // what our own server answers at this address
  if (response.status >= 500)
    return { ok: false, code: 'unreachable', message: 'The server could not do this now. Try again in a moment.', fields: [] };
  const { code, message, details } = (content as { error?: { code?: unknown; message?: unknown; details?: unknown } } | null)?.error ?? {};
  return {
    ok: false,
    code: typeof code === 'string' ? code : `http.${response.status}`,
    message: typeof message === 'string' ? message : 'The server refused this.',
    fields: Array.isArray(details) ? details.filter(isFieldMessage) : [],
  };
}

function isFieldMessage(entry: unknown): entry is FieldMessage {
  const { field, message } = (entry ?? {}) as Partial<FieldMessage>;
  return typeof field === 'string' && typeof message === 'string';
}
