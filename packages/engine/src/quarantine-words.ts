/** Why a step is held, for lists and for the failure of one that was given up. */
export function quarantineWords(claims: number): string {
  return `Held in quarantine: begun ${claims} times, and each time the process it ran in ended before there was an outcome.`;
}
