/** What choosing an outcome means, as something that has happened: `approved` → “Approved”, else its label. */
export function outcomeDone(outcome: { port: string; label: string }): string {
  return /^[a-z]+ed$/.test(outcome.port) ? outcome.port.charAt(0).toUpperCase() + outcome.port.slice(1) : outcome.label;
}

/** How far a quorum has come: “1 of 2 approvals”. */
export function quorumWords(got: number, needed: number, outcome: { port: string; label: string } | undefined): string {
  const what = outcome === undefined ? 'votes' : outcome.port.startsWith('approv') ? 'approvals' : `votes for ${outcome.label}`;
  return `${got} of ${needed} ${what}`;
}

/** “Approved. 5 left”: what happened, and how much of the list remains. */
export function afterDecision(done: string, left: number): string {
  return left <= 0 ? `${done}. Nothing left` : `${done}. ${left > 10_000 ? '10,000+' : left.toLocaleString('en')} left`;
}
