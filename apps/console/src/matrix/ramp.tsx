import { parseRamp, shareAt } from '@heksher/core';
import { cx } from '../ui/cx.js';
import { useNow } from '../ui/time.js';
import css from './ramp.module.css';

export type RampValue = Readonly<{ start: string; end: string; from: number; to: number }>;

/** A ramp from its start to its end, and where it is now; the same as a sentence. */
export function Ramp({ ramp, isSmall = false }: Readonly<{ ramp: RampValue; isSmall?: boolean }>) {
  const nowMs = useNow();
  const [startMs, endMs] = [Date.parse(ramp.start), Date.parse(ramp.end)];
  const x = Math.max(0, Math.min(1, (nowMs - startMs) / (endMs - startMs)));
  const percentage = shareAt(parseRamp(ramp), nowMs) / 1_000;
  const top = Math.max(ramp.from, ramp.to, 1);
  const y = (value: number): number => 30 - (value / top) * 26;
  const line = `0,${y(ramp.from)} 120,${y(ramp.to)}`;
  return (
    <span className={cx(css['ramp'], isSmall && css['small'])}>
      <svg viewBox="0 0 120 32" role="img" aria-label={sentenceOf(ramp, percentage, nowMs)}>
        <polygon points={`0,32 ${line} 120,32`} className={css['area']} />
        <polyline points={line} className={css['line']} />
        <line x1={x * 120} x2={x * 120} y1="0" y2="32" className={css['now']} />
      </svg>
      {!isSmall && <span>{sentenceOf(ramp, percentage, nowMs)}</span>}
    </span>
  );
}

/** `From 0 to 100 % between … and …; now 34 %`. */
function sentenceOf({ from, to, start, end }: RampValue, percentage: number, nowMs: number): string {
  const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
  const span = `From ${from} to ${to} % between ${day.format(new Date(start))} and ${day.format(new Date(end))}`;
  if (nowMs >= Date.parse(end)) return `${span}; ended`;
  return nowMs < Date.parse(start) ? `${span}; not begun` : `${span}; now ${Math.round(percentage * 10) / 10} %`;
}
