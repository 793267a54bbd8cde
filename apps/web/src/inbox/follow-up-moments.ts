/** Moments to put a task off until, at the start of a working day unless it is soon. Local time. */
export function followUpMoments(now: number): { label: string; at: Date }[] {
  const inHours = (hours: number): Date => new Date(now + hours * 3_600_000);
  const morning = (days: number): Date => {
    const date = new Date(now);
    date.setDate(date.getDate() + days);
    date.setHours(9, 0, 0, 0);
    return date;
  };
  const today = new Date(now);
  const toMonday = (8 - today.getDay()) % 7 || 7;
  return [
    { label: 'In 1 hour', at: inHours(1) },
    ...(today.getHours() < 13 ? [{ label: 'In 4 hours', at: inHours(4) }] : []),
    { label: 'Tomorrow morning', at: morning(1) },
    ...(toMonday > 1 ? [{ label: 'Monday morning', at: morning(toMonday) }] : []),
    ...(toMonday < 7 ? [{ label: 'In a week', at: morning(7) }] : []),
  ];
}
