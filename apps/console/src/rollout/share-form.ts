import { parsePercentage, type Writable } from '@heksher/core';

export type ShareForm =
  | Readonly<{ kind: 'fixed'; percentage: string }>
  /** Times are RFC 3339. */
  | Readonly<{ kind: 'ramp'; start: string; end: string; from: string; to: string }>
  /** Percentages, the first at once, the others so many units apart. */
  | Readonly<{ kind: 'steps'; shares: string; every: string; unit: 'minutes' | 'hours' | 'days' }>;

/** The members of a body; `problem` says what is wrong instead; undefined: a percentage is. */
export function shareBody(share: ShareForm): Readonly<Record<string, Writable>> | undefined {
  if (share.kind === 'fixed') {
    const percentage = percentageOf(share.percentage);
    return percentage === undefined ? undefined : { percentage };
  }
  if (share.kind === 'steps') {
    const steps = stepsOf(share, 0);
    return typeof steps === 'string' ? { problem: steps } : { percentage: steps[0]?.percentage ?? 0 };
  }
  const { start, end } = share;
  const [from, to] = [percentageOf(share.from), percentageOf(share.to)];
  if (from === undefined || to === undefined) return undefined;
  if (start === '' || end === '') return { problem: 'The ramp needs a start and an end.' };
  if (Date.parse(end) < Date.parse(start)) return { problem: 'The ramp ends before it starts.' };
  return { ramp: { start, end, from, to } };
}

/** A percentage as it is typed, with a point or a comma. */
export function percentageOf(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(value)) return undefined;
  try {
    parsePercentage(value);
    return value;
  } catch {
    return undefined;
  }
}

export type Steps = Extract<ShareForm, { kind: 'steps' }>;

/** A share that holds from a time on. */
export type Step = Readonly<{ percentage: number; atMs: number }>;

export const UNITS_MS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
const USUAL = [1, 5, 25, 100];
const MOST_STEPS = 20;

/** 1, 5, 25 and 100 % a day apart; of a share that is there already, what is more. */
export function newSteps(now: number): Steps {
  const shares = [...(now > 0 && now < 100 ? [now] : []), ...USUAL.filter((share) => share > now || now === 100)];
  return { kind: 'steps', shares: shares.join(', '), every: '1', unit: 'days' };
}

/** The steps, the first of them now; what is wrong instead, in words. */
export function stepsOf({ shares, every, unit }: Steps, nowMs: number): readonly Step[] | string {
  const percentages = shares
    .split(/[\s,;%]+/)
    .filter((text) => text !== '')
    .map(percentageOf);
  const apart = Number(every);
  if (!/^\d{1,4}$/.test(every.trim()) || apart === 0)
    return 'Steps are a whole number of minutes, hours or days apart.';
  const steps = percentages.flatMap((percentage, index): readonly Step[] =>
    percentage === undefined ? [] : [{ percentage, atMs: nowMs + index * apart * UNITS_MS[unit] }],
  );
  if (steps.length < percentages.length) return 'A step is a percentage from 0 to 100, with at most three decimals.';
  if (steps.length < 2 || steps.length > MOST_STEPS) return `There are 2 to ${MOST_STEPS} steps.`;
  const isClimbing = steps.every(({ percentage }, index) => percentage > (steps[index - 1]?.percentage ?? -1));
  return isClimbing ? steps : 'Each step is more than the one before.';
}
