import { FEATURE_VALUE_RULE, invalid, isContextFeatureName, isFeatureValue, quoted } from '@heksher/core';
import { contextText, type ContextValue } from '../context.js';
import { type ProblemLog } from '../problems.js';

/** Context features that are tracked: any value (`'*'`), or these. */
export type TrackedContexts = Readonly<Record<string, '*' | readonly ContextValue[]>>;

const NOTHING: ReadonlySet<string> = new Set();

/** Which contexts the client keeps rules for. */
export class Tracking {
  /** Undefined where everything is tracked. */
  readonly features: ReadonlyMap<string, '*' | ReadonlySet<string>> | undefined;

  /** Throws 'invalid' for what no context filter can say. */
  constructor(
    tracked: TrackedContexts | undefined,
    private readonly problems: ProblemLog,
  ) {
    if (tracked === undefined) return;
    this.features = new Map(Object.entries(tracked).map(([feature, values]) => [feature, read(feature, values)]));
  }

  /** The values that are tracked; undefined for all of them. */
  valuesOf(feature: string): ReadonlySet<string> | undefined {
    if (this.features === undefined) return undefined;
    const values = this.features.get(feature) ?? NOTHING;
    return values === '*' ? undefined : values;
  }

  reportUntracked(feature: string, value: string): void {
    if (this.features?.has(feature) === true) {
      const message = `read with ${feature} = ${quoted(value)}, which trackContexts leaves out: its rules are not known here`;
      this.problems.report({ kind: 'untracked', message, feature, value });
      return;
    }
    const message = `read with a value of ${feature}, which trackContexts leaves out: rules on it are not known here`;
    this.problems.report({ kind: 'untracked', message, feature });
  }
}

function read(feature: string, given: '*' | readonly ContextValue[]): '*' | ReadonlySet<string> {
  if (!isContextFeatureName(feature))
    throw invalid(`${quoted(feature)} is no name of a context feature`, 'trackContexts');
  if (given === '*') return given;
  const values = given.map((value) => contextText(feature, value) ?? '');
  const wrong = values.find((value) => !isFeatureValue(value));
  if (wrong === undefined && values.length > 0) return new Set(values);
  const what = wrong === undefined ? `no value of ${feature}` : `${quoted(wrong)} as a value of ${feature}`;
  throw invalid(
    `trackContexts has ${what}; accepted: "*", or a list of values of ${FEATURE_VALUE_RULE}`,
    'trackContexts',
  );
}
