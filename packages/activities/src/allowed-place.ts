/** An internal service that workflows may call: an exact origin (`http://localhost:7070`) and the paths at and below a prefix (`/demo`). */
export interface AllowedPlace {
  origin: string;
  pathPrefix: string;
}

/** Whether the operator has allowed this URL although its address is internal. */
export function isAllowedPlace(url: URL, allow: readonly AllowedPlace[]): boolean {
  // An encoded slash or backslash may be decoded by the receiver and lead out of the prefix after the check.
  if (/%2f|%5c/i.test(url.pathname)) return false;
  return allow.some(({ origin, pathPrefix }) => {
    if (url.origin !== new URL(origin).origin) return false;
    const prefix = pathPrefix.endsWith('/') ? pathPrefix : `${pathPrefix}/`;
    return url.pathname.startsWith(prefix) || `${url.pathname}/` === prefix;
  });
}
