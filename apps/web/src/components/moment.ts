import { formatDuration } from '@perdure/graph';
import { useSyncExternalStore } from 'react';

/*
 * Moments and lengths of time in Perdure's words: `19 Nov 09:17`, `2 d 0 h`, `Fri 21 Nov`. 24 hours, local time, English months:
 * the interface is English, and a fixed form keeps columns aligned.
 */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const DAY_MS = 86_400_000;

export type Moment = string | number;

export function formatMoment(moment: Moment, now = Date.now()): string {
  const date = new Date(moment);
  return `${dayAndMonth(date, now)} ${clock(date)}`;
}

/** `09:17` today, `19 Nov 09:17` on another day. */
export function formatMomentShort(moment: Moment, now = Date.now()): string {
  return sameDay(new Date(moment), new Date(now)) ? clock(new Date(moment)) : formatMoment(moment, now);
}

/** `09:18:51.702`. */
export function formatClockMs(moment: Moment): string {
  const date = new Date(moment);
  return `${clock(date)}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** A due date in a list: `17:00` today, `Fri 21 Nov` later. */
export function formatDay(moment: Moment, now = Date.now()): string {
  const date = new Date(moment);
  return sameDay(date, new Date(now)) ? clock(date) : `${DAYS[date.getDay()] ?? ''} ${dayAndMonth(date, now)}`;
}

/** From one moment to another, never below zero: clocks of two machines differ a little. */
export function formatElapsed(from: Moment, to: Moment): string {
  return formatDuration(Math.max(0, new Date(to).getTime() - new Date(from).getTime()));
}

export type DueGroup = 'Overdue' | 'Due today' | 'Later' | 'No due date';

export function dueGroup(dueAt: string | null, now: number): DueGroup {
  if (dueAt === null) return 'No due date';
  const due = new Date(dueAt);
  if (due.getTime() < now) return 'Overdue';
  return sameDay(due, new Date(now)) ? 'Due today' : 'Later';
}

/** `3 h 22 m` when it is near, else the day; `2 h late` when it is past. */
export function formatDue(dueAt: Moment, now: number): string {
  const left = new Date(dueAt).getTime() - now;
  if (left < 0) return `${largestUnit(-left)} late`;
  if (left < DAY_MS / 4) return minutes(left);
  return formatDay(dueAt, now);
}

/** `in 3 h 22 m` or `2 h late`. */
export function formatLeft(moment: Moment, now: number): string {
  const left = new Date(moment).getTime() - now;
  return left < 0 ? `${largestUnit(-left)} late` : `in ${minutes(left)}`;
}

function minutes(ms: number): string {
  return ms < 60_000 ? 'under 1 m' : ms < 3_600_000 ? `${Math.floor(ms / 60_000)} m` : formatDuration(ms);
}

function largestUnit(ms: number): string {
  if (ms < 60_000) return 'just now';
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} m`;
  if (ms < DAY_MS) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

function dayAndMonth(date: Date, now: number): string {
  const year = date.getFullYear() === new Date(now).getFullYear() ? '' : ` ${date.getFullYear()}`;
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}${year}`;
}

function sameDay(one: Date, other: Date): boolean {
  return one.getFullYear() === other.getFullYear() && one.getMonth() === other.getMonth() && one.getDate() === other.getDate();
}

const two = (part: number): string => String(part).padStart(2, '0');
const clock = (date: Date): string => `${two(date.getHours())}:${two(date.getMinutes())}`;

/** The time now, moving in steps of `everyMs`: one timer for all that use the same step. */
export function useNow(everyMs: number): number {
  const ticker = tickerOf(everyMs);
  return useSyncExternalStore(ticker.subscribe, ticker.now);
}

interface Ticker {
  subscribe: (changed: () => void) => () => void;
  now: () => number;
}

const tickers = new Map<number, Ticker>();

function tickerOf(everyMs: number): Ticker {
  const known = tickers.get(everyMs);
  if (known) return known;
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const ticker: Ticker = {
    now: () => now,
    subscribe: (changed) => {
      listeners.add(changed);
      now = Date.now();
      timer ??= setInterval(() => {
        now = Date.now();
        for (const listener of listeners) listener();
      }, everyMs);
      return () => {
        listeners.delete(changed);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
  tickers.set(everyMs, ticker);
  return ticker;
}
