/** Signing in and out: plain HTTP, for both change the cookie that everything else travels with. */
export type SignInResult = { ok: true } | { ok: false; reason: 'used' | 'unreachable'; message: string };

export async function signInWithLink(token: string): Promise<SignInResult> {
  let response: Response;
  try {
    response = await fetch('/api/auth/sign-in-link', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
  } catch {
    return {
      ok: false,
      reason: 'unreachable',
      message: 'Perdure does not answer. Check that the server runs, then try again. The link stays valid until it is used.',
    };
  }
  if (response.ok) return { ok: true };
  if (response.status >= 500)
    return { ok: false, reason: 'unreachable', message: 'The server could not sign you in. Try again in a moment.' };
  return { ok: false, reason: 'used', message: 'A sign-in link works once and for a limited time.' };
}

export async function signOut(): Promise<void> {
  const response = await fetch('/api/auth/sign-out', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  if (!response.ok && response.status !== 401) throw new Error('Not signed out. The server did not accept it, try again.');
}
