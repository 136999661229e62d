import { type Comparison, median, type Ratio, ratioOf } from './statistics.js';

/** What must hold: of the ratio to the yardstick, or of the figure itself. */
export type Bar = Readonly<{ of: 'ratio' | 'figure'; is: 'at least' | 'at most'; limit: number }>;

/** One row of the table. `runs` are the figures behind the medians. */
export type Finding = Readonly<{
  name: string;
  what: string;
  unit: string;
  figure: number;
  yardstick?: Readonly<{ what: string; figure: number }>;
  ratio?: Ratio;
  bar?: Bar;
  isMet?: boolean;
  notes?: readonly string[];
  runs: Readonly<{ ours: readonly number[]; theirs?: readonly number[] }>;
}>;

type About = Readonly<{ name: string; what: string; unit: string; bar?: Bar; notes?: readonly string[] }>;

/** The finding of runs without a yardstick. */
export function measured(about: About, runs: readonly number[]): Finding {
  return judged({ ...about, figure: median(runs), runs: { ours: runs } });
}

/** The finding of runs in pairs with those of a yardstick. */
export function compared(about: About & Readonly<{ against: string }>, comparison: Comparison): Finding {
  const { against, ...rest } = about;
  return judged({
    ...rest,
    figure: median(comparison.ours),
    yardstick: { what: against, figure: median(comparison.theirs) },
    ratio: ratioOf(comparison),
    runs: comparison,
  });
}

/** The findings of one measurement that was made several times, as of one with all their runs. */
export function merged(times: readonly (readonly Finding[])[]): readonly Finding[] {
  const [first = [], ...others] = times;
  return first.map((finding, index) => {
    const all = [finding, ...others.flatMap((findings) => findings[index] ?? [])];
    const ours = all.flatMap(({ runs }) => runs.ours);
    const theirs = all.flatMap(({ runs }) => runs.theirs ?? []);
    const notes = [...new Set(all.flatMap((each) => each.notes ?? []))];
    const { yardstick, bar, ...rest } = finding;
    // One that could not be judged leaves the whole without a judgement.
    const about = { ...rest, notes, ...(bar !== undefined && all.every((each) => each.bar !== undefined) && { bar }) };
    return yardstick === undefined
      ? measured(about, ours)
      : compared({ ...about, against: yardstick.what }, { ours, theirs });
  });
}

function judged(finding: Finding): Finding {
  const { bar, figure, ratio } = finding;
  if (bar === undefined) return finding;
  const value = bar.of === 'ratio' ? (ratio?.median ?? NaN) : figure;
  return { ...finding, isMet: bar.is === 'at least' ? value >= bar.limit : value <= bar.limit };
}
