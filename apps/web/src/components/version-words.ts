/** `v3`; snapshots of a draft, which test runs run, have negative numbers. */
export function versionWords(version: number): string {
  return version < 0 ? 'Draft' : `v${version}`;
}
