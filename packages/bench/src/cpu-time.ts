/** CPU time of another process and its children, from /proc: wall-clock time on a shared machine says little, CPU time says what work costs. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second (USER_HZ, fixed at 100 for programs). */
const ticksPerSecond = 100;

/** User and system seconds of the process, its living children, and its children that have ended; NaN where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  const own = readStat(String(pid));
  if (own === null) return Number.NaN;
  let ticks = own.ticks + own.endedChildrenTicks;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const other = readStat(name);
    if (other?.parent === pid) ticks += other.ticks + other.endedChildrenTicks;
  }
  return ticks / ticksPerSecond;
}

function readStat(pid: string): { parent: number; ticks: number; endedChildrenTicks: number } | null {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The command's name, in parentheses, may hold anything; the fields behind it are numbers. See proc(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (index: number): number => Number(fields[index]);
  return { parent: at(1), ticks: at(11) + at(12), endedChildrenTicks: at(13) + at(14) };
}
