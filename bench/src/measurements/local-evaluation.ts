import { alternate, type Run } from '../alternate.js';
import { type Measurement } from '../bench.js';
import { compared, type Finding } from '../finding.js';
import {
  CONTEXTS,
  growthbookEvaluation,
  heksherEvaluation,
  type LocalEvaluation,
  unleashEvaluation,
} from '../local-evaluation.js';

const OTHERS = [
  ['unleash', 'unleash-client, one flag', unleashEvaluation],
  ['growthbook', '@growthbook/growthbook, one flag', growthbookEvaluation],
] as const;

const BATCH = 512;

/** Evaluations per second, all in this one process. */
function runOf(evaluate: LocalEvaluation): Run {
  return (durationMs) => {
    const startedAt = performance.now();
    let done = 0;
    while (performance.now() - startedAt < durationMs) {
      for (let turn = 0; turn < BATCH; turn += 1) evaluate(done + turn);
      done += BATCH;
    }
    return Promise.resolve(done / ((performance.now() - startedAt) / 1_000));
  };
}

/** Whoever gives everybody the same evaluates nothing. */
function requireVariants(name: string, evaluate: LocalEvaluation): void {
  const given = new Set(Array.from({ length: CONTEXTS }, (_, context) => evaluate(context)));
  const missing = ['blue', 'green', 'red'].filter((variant) => !given.has(variant));
  if (missing.length > 0) throw new Error(`${name} gives nobody ${missing.join(' or ')}`);
}

export const localEvaluation: Measurement = {
  name: 'local-evaluation',
  async measure(bench) {
    const findings: Finding[] = [];
    for (const [name, against, make] of OTHERS) {
      const [ours, theirs] = [heksherEvaluation(), make()];
      requireVariants('Heksher', ours);
      requireVariants(name, theirs);
      const about = {
        name: `${this.name}-${name}`,
        what: 'a setting with 10 000 rules of 3 shapes and 3 rollouts, evaluated in process',
        unit: 'evaluations/s',
        against: `${against} with 3 constraints, a gradual rollout and 3 variants`,
        bar: { of: 'ratio', is: 'at least', limit: 1 },
      } as const;
      findings.push(compared(about, await alternate(bench, runOf(ours), runOf(theirs))));
    }
    return findings;
  },
};
