import { type EvaluableRule, type Outcome, type Rollout, type UnitPattern, type Variant } from '@heksher/core';
import { messageOf } from '../errors.js';
import { type JsonValue } from '../json.js';
import { type ProblemLog } from '../problems.js';
import { hasUnsafeInteger, type ValueReader } from '../values.js';
import { readRollout, readRule, type ServedRollout } from './served.js';

/** What a setting's values are made from: its type, and what holds where the service's default does not fit that. */
export type ValueSource = Readonly<{ name: string; readValue: ValueReader; defaultValue: unknown }>;

/**
 * Makes what is served fit the type that code knows. The service may know a newer one: options of Flags that code does not
 * know are left out of a value, and a rule or rollout whose value does not fit is left out altogether; both are reported.
 */
export class Fitting {
  constructor(
    private readonly source: ValueSource,
    private readonly problems: ProblemLog,
  ) {}

  /** The service's default; the declared one where that does not fit. */
  default(json: JsonValue): unknown {
    const fitted = this.fit('the default', json, 'the declared default holds');
    return fitted === undefined ? this.source.defaultValue : fitted.value;
  }

  rule(json: unknown): EvaluableRule<unknown> | undefined {
    const { id, conditions, value } = readRule(json);
    const fitted = this.fit(`rule ${id}`, value);
    return fitted && { id, conditions, value: fitted.value };
  }

  async rollout(json: unknown): Promise<Rollout<unknown> | undefined> {
    const served = readRollout(json);
    const { pattern: source, outcome: servedOutcome, ...rest } = served;
    const outcome = this.outcome(served.id, servedOutcome);
    if (outcome === undefined) return undefined;
    if (source === undefined) return { ...rest, outcome, pattern: undefined };
    const pattern = await this.pattern(served.id, source);
    return pattern && { ...rest, outcome, pattern };
  }

  private outcome(id: number, served: ServedRollout['outcome']): Outcome<unknown> | undefined {
    if (served.kind === 'value') {
      const fitted = this.fit(`rollout ${id}`, served.value);
      return fitted && { kind: 'value', value: fitted.value };
    }
    const variants: Variant<unknown>[] = [];
    for (const { name, value, weight } of served.variants) {
      const fitted = this.fit(`variant "${name}" of rollout ${id}`, value);
      // Without one of its variants a rollout would move the units of all.
      if (fitted === undefined) return undefined;
      variants.push({ name, value: fitted.value, weight });
    }
    return { kind: 'variants', variants };
  }

  /** The engine is large, and loaded only where a pattern is met. */
  private async pattern(id: number, source: string): Promise<UnitPattern | undefined> {
    const { compilePattern } = await import('@heksher/core/re2');
    try {
      return compilePattern(source);
    } catch (error) {
      this.drop(`rollout ${id}`, messageOf(error), 'it is left out');
      return undefined;
    }
  }

  private fit(part: string, json: JsonValue, otherwise = 'it is left out'): { value: unknown } | undefined {
    const reading = this.source.readValue(json);
    const isRounded = hasUnsafeInteger(json);
    if (!reading.fits) {
      const why = isRounded ? 'has an integer beyond 2^53, which JavaScript cannot hold' : UNFIT;
      this.drop(part, `its value ${shown(json)} ${why}`, otherwise);
      return undefined;
    }
    const setting = this.source.name;
    if (isRounded) {
      const message = `${part} of the setting "${setting}" has an integer beyond 2^53, which JavaScript may have rounded to ${shown(json)}`;
      this.problems.report({ kind: 'rounded', message, setting, part });
    }
    if (reading.isCoerced) {
      const message = `${part} of the setting "${setting}": options that are not declared are left out of ${shown(json)}`;
      this.problems.report({ kind: 'coerced', message, setting, part });
    }
    return reading;
  }

  private drop(part: string, why: string, otherwise: string): void {
    const setting = this.source.name;
    const message = `${part} of the setting "${setting}": ${why}; ${otherwise}`;
    this.problems.report({ kind: 'dropped', message, setting, part });
  }
}

const UNFIT = 'does not fit the type that is declared';

function shown(json: JsonValue): string {
  const text = JSON.stringify(json);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
