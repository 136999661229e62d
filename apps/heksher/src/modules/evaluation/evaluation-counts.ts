import { type FlagReason } from '@heksher/core';
import { type Metrics } from '../../metrics/metrics.js';

/** Why a flag has its value, as OFREP has it; `ERROR`: it has none. */
export type CountedReason = FlagReason | 'ERROR';

const REASONS = [
  'STATIC',
  'DEFAULT',
  'TARGETING_MATCH',
  'SPLIT',
  'DISABLED',
  'ERROR',
] as const satisfies CountedReason[];
const APIS = ['evaluate', 'ofrep', 'ofrep_bulk'] as const;

/** The place of a reason in a tally. */
export const REASON_CODES = Object.fromEntries(REASONS.map((reason, code) => [reason, code])) as Readonly<
  Record<CountedReason, number>
>;

/** So many settings are counted by themselves; all others together as `_other`. */
const MOST_SETTINGS = 1_000;
const OTHER = '_other';

/** Counts evaluations: by reason, and by setting where that is asked for. What is answered from a cache is evaluated no more. */
export class EvaluationCounts {
  private readonly tallies = new Map(APIS.map((api) => [api, new Float64Array(REASONS.length)] as const));
  private readonly bySetting: Map<string, { count: number }> | undefined;

  constructor(isBySetting: boolean, metrics: Metrics) {
    metrics.counter('heksher_evaluations_total', 'Evaluations, by what asked for them and by their reasons.', () =>
      [...this.tallies].flatMap(([api, tally]) =>
        REASONS.map((reason, code) => [{ api, reason: reason.toLowerCase() }, tally[code] ?? 0] as const),
      ),
    );
    if (!isBySetting) return;
    const bySetting = new Map<string, { count: number }>();
    this.bySetting = bySetting;
    metrics.counter('heksher_setting_evaluations_total', 'Evaluations of each setting.', () =>
      Array.from(bySetting, ([setting, { count }]) => [{ setting }, count] as const),
    );
  }

  /** To be added to by `REASON_CODES`. */
  of(api: (typeof APIS)[number]): Float64Array {
    return this.tallies.get(api) ?? new Float64Array(REASONS.length);
  }

  /** Counts an evaluation of this setting, where anybody asks for that. */
  addSetting(name: string): void {
    if (this.bySetting === undefined) return;
    const known = this.bySetting.get(name);
    if (known !== undefined) known.count += 1;
    else if (this.bySetting.size < MOST_SETTINGS) this.bySetting.set(name, { count: 1 });
    else this.addOther(this.bySetting);
  }

  private addOther(bySetting: Map<string, { count: number }>): void {
    const other = bySetting.get(OTHER);
    if (other === undefined) bySetting.set(OTHER, { count: 1 });
    else other.count += 1;
  }
}
