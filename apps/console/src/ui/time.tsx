import { useEffect, useState } from 'react';

const STEPS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const EXACT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long' });

/** `12 minutes ago`, `in 3 days`, `just now`. */
export function relativeTime(atMs: number, nowMs: number): string {
  const seconds = (atMs - nowMs) / 1_000;
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step === undefined ? 'just now' : RELATIVE.format(Math.trunc(seconds / step[1]), step[0]);
}

/** A moment, relative; exact with its zone, and in UTC, for who points at it or asks a screen reader. */
export function Time({ at }: Readonly<{ at: string | number }>) {
  const nowMs = useNow();
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={`${EXACT.format(date)}\n${date.toISOString()}`}>
      {relativeTime(date.getTime(), nowMs)}
    </time>
  );
}

/** The time now (ms), again each half minute. */
export function useNow(everyMs = 30_000): number {
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
