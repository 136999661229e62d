import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { type Candidate, type EvaluableSetting, isRollout } from './candidate.js';
import { type Evaluation, makeEvaluator } from './evaluation.js';
import { explain } from './explanation.js';
import { type Finding } from './finding.js';
import { atOnce } from './in-steps.js';
import { jsonEquals, jsonText } from './json.js';
import { parseJson } from './json-parser.js';
import { lintRuleset } from './lint.js';
import { packContext, TextNumbers } from './packed-context.js';
import { type Share } from './percentage.js';
import { firstFailing } from './condition.js';
import { compareByPrecedence } from './precedence.js';
import { admission, type Outcome, type Rollout } from './rollout.js';
import { packTree } from './tree-packer.js';

const FEATURES = ['account', 'user', 'theme'];
const NOW = 1_000_000_000_000;
const WEEKS = 14 * 86_400_000;

/** Values that rules name, and one that none of them does. */
const VALUES = ['x', 'y', 'other'];
const CONTEXTS = FEATURES.reduce<ReadonlyMap<string, string>[]>(
  (contexts, feature) =>
    contexts.flatMap((known) => [known, ...VALUES.map((value) => new Map([...known, [feature, value]]))]),
  [new Map()],
);
const TIMES = [NOW, NOW + 500, NOW + 1000, NOW + WEEKS];

const jsonValue = fc.constantFrom('1', '1.0', '2', '0').map(jsonText);
const conditions = fc
  .record(
    { account: fc.constantFrom('x', 'y'), user: fc.constantFrom('x', 'y'), theme: fc.constantFrom('x', 'y') },
    { requiredKeys: [] },
  )
  .map((record) => FEATURES.flatMap((feature) => Object.entries(record).filter(([name]) => name === feature)));
const rules = fc
  .array(fc.record({ conditions, value: jsonValue }), { maxLength: 8 })
  .map((list) => list.map((rule, index) => ({ ...rule, id: index * 7 + 1 })))
  .chain((list) => fc.shuffledSubarray(list, { minLength: list.length }));

const thousandths = fc.constantFrom(0, 30_000, 60_000, 99_500, 100_000);
const instant = fc.constantFrom(NOW - WEEKS, NOW - 1000, NOW, NOW + 700, NOW + 1000);
const share: fc.Arbitrary<Share> = fc.oneof(
  thousandths.map((value) => ({ kind: 'fixed' as const, thousandths: value })),
  fc.tuple(instant, instant, thousandths, thousandths).map(([a, b, fromThousandths, toThousandths]) => {
    return { kind: 'ramp' as const, startMs: Math.min(a, b), endMs: Math.max(a, b), fromThousandths, toThousandths };
  }),
);
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  jsonValue.map((value) => ({ kind: 'value' as const, value })),
  fc.tuple(jsonValue, jsonValue).map((values) => {
    return {
      kind: 'variants' as const,
      variants: values.map((value, index) => ({ name: `v${index}`, value, weight: 1 })),
    };
  }),
);
const members = fc.option(
  fc.subarray(VALUES).map((units) => new Set(units)),
  { freq: 6 },
);
const pattern = fc.option(
  fc.constantFrom(/x/, /^o/, /q/).map((expression) => {
    return { source: expression.source, test: (unit: string) => expression.test(unit) };
  }),
  { nil: undefined, freq: 2 },
);
const rollout = fc
  .record({
    feature: fc.constantFrom(...FEATURES),
    conditions,
    enabled: fc.nat(5).map((number) => number > 0),
    share,
    members,
    pattern,
    outcome,
    hash: fc.constantFrom('murmur3' as const, 'crc32' as const),
    salt: fc.constantFrom('a', 'b', 'c'),
  })
  .map((one) => ({ ...one, conditions: one.conditions.filter(([feature]) => feature !== one.feature) }));
/** As the service has them: one for each feature and conditions. */
const rollouts = fc
  .uniqueArray(rollout, { maxLength: 5, selector: (one) => JSON.stringify([one.feature, one.conditions]) })
  .map((list): Rollout[] => list.map((one, index) => ({ ...one, id: index * 5 + 2 })));
const settings: fc.Arbitrary<EvaluableSetting> = fc.record({
  features: fc.constant(FEATURES),
  defaultValue: jsonValue,
  rules,
  rollouts,
});

const isMatch = (candidate: Candidate, context: ReadonlyMap<string, string>, nowMs: number) =>
  isRollout(candidate)
    ? admission(candidate, context, nowMs).admitted
    : firstFailing(candidate.conditions, context) === undefined;

const isWinner = (candidate: Candidate | undefined, evaluation: Evaluation) => {
  if (candidate === undefined) return evaluation.reason === 'DEFAULT';
  if (evaluation.reason === 'RULE') return !isRollout(candidate) && candidate.id === evaluation.ruleId;
  return evaluation.reason === 'ROLLOUT' && isRollout(candidate) && candidate.id === evaluation.rolloutId;
};

/** The order in the words of the concept: at each feature from the last on, equality leaves rollouts behind, and these the rest. */
const winnerByElimination = (
  { rules, rollouts }: EvaluableSetting,
  context: ReadonlyMap<string, string>,
  nowMs: number,
) => {
  let left: Candidate[] = [...rules, ...rollouts].filter((candidate) => isMatch(candidate, context, nowMs));
  for (const feature of FEATURES.toReversed()) {
    const equal = left.filter((candidate) => candidate.conditions.some(([name]) => name === feature));
    const soft = left.filter((candidate) => isRollout(candidate) && candidate.feature === feature);
    if (equal.length > 0) left = equal;
    else if (soft.length > 0) left = soft;
  }
  return left.sort((a, b) => a.id - b.id)[0];
};

const everywhere = (check: (context: ReadonlyMap<string, string>, nowMs: number) => void) => {
  for (const nowMs of TIMES) for (const context of CONTEXTS) check(context, nowMs);
};

const isAbout = (finding: Finding, candidate: Candidate) =>
  finding.about?.id === candidate.id && (finding.about.kind === 'rollout') === isRollout(candidate);

/** Checks lint's findings of one kind, each about a rule or rollout; fails where the generated settings have none. */
const checkFindings = (
  kind: Finding['kind'],
  check: (about: Candidate, setting: EvaluableSetting, finding: Finding) => void,
) => {
  let count = 0;
  fc.assert(
    fc.property(settings, (setting) => {
      for (const finding of lintRuleset(setting, NOW)) {
        if (finding.kind !== kind) continue;
        const about = [...setting.rules, ...setting.rollouts].find((candidate) => isAbout(finding, candidate));
        if (about === undefined) throw new Error(`a finding about nothing: ${finding.message}`);
        check(about, setting, finding);
        count += 1;
      }
    }),
    { numRuns: 500 },
  );
  expect(count).toBeGreaterThan(5);
};

describe('evaluation', () => {
  it('gives the first that matches in the order of precedence, which is the literal reading of the concept', () => {
    const reasons = new Set<string>();
    fc.assert(
      fc.property(settings, (setting) => {
        const { evaluate } = makeEvaluator(setting);
        const ordered = [...setting.rules, ...setting.rollouts].sort((a, b) => compareByPrecedence(a, b, FEATURES));
        everywhere((context, nowMs) => {
          const evaluation = evaluate(context, nowMs);
          const first = ordered.find((candidate) => isMatch(candidate, context, nowMs));
          if (!isWinner(first, evaluation)) throw new Error(`not the first: ${JSON.stringify(evaluation)}`);
          if (winnerByElimination(setting, context, nowMs) !== first) throw new Error('not the literal reading');
          reasons.add(evaluation.reason);
        });
      }),
      { numRuns: 500 },
    );
    expect([...reasons].sort()).toEqual(['DEFAULT', 'ROLLOUT', 'RULE']);
  });

  it('leaves a doubt just where members who are not known could change the decision', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const { evaluate } = makeEvaluator(setting);
        const everybody = new Set(VALUES);
        const known = setting.rollouts.map((one) => (one.members === null ? { ...one, members: everybody } : one));
        const generous = makeEvaluator({ ...setting, rollouts: known });
        everywhere((context, nowMs) => {
          const { unlessMemberOf, ...decision } = evaluate(context, nowMs);
          const other = generous.evaluate(context, nowMs);
          const winner = [...setting.rules, ...setting.rollouts].find((candidate) => isWinner(candidate, decision));
          if (unlessMemberOf !== undefined) expect(other).toMatchObject({ rolloutId: unlessMemberOf, by: 'member' });
          else if (!isWinner(winner, other)) throw new Error(`another wins: ${JSON.stringify([decision, other])}`);
        });
      }),
    );
  });

  it('is what packed trees that share numbers decide, but for doubt', () => {
    fc.assert(
      fc.property(fc.array(settings, { minLength: 1, maxLength: 4 }), (several) => {
        const numbers = new TextNumbers();
        const trees = several.map((setting) => [makeEvaluator(setting), atOnce(packTree(setting, numbers))] as const);
        everywhere((context, nowMs) => {
          const packed = packContext(context, FEATURES, numbers);
          for (const [{ evaluate }, tree] of trees) {
            const decision = { ...evaluate(context, nowMs), unlessMemberOf: undefined };
            const found = { ...tree.decision(tree.find(packed, nowMs)), unlessMemberOf: undefined };
            // To expect takes longer than to decide.
            if (!isDeepStrictEqual(found, decision)) expect(found).toEqual(decision);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it('is what explain explains, at every limit', () => {
    fc.assert(
      fc.property(
        settings,
        fc.constantFrom(...CONTEXTS),
        fc.constantFrom(...TIMES),
        fc.nat(8),
        (setting, context, nowMs, limit) => {
          const { evaluate } = makeEvaluator(setting);
          const { steps, omitted } = explain(setting, context, nowMs, limit);
          const deciding = steps.filter((step) => step.outcome === 'decides');
          expect(deciding).toHaveLength(1);
          const [step] = deciding;
          const decider = step?.kind === 'rule' ? step.rule : step?.kind === 'rollout' ? step.rollout : undefined;
          expect(isWinner(decider, evaluate(context, nowMs))).toBe(true);
          const positions = steps.map(({ position }) => position);
          expect(positions).toEqual(positions.toSorted((a, b) => a - b));
          expect(steps.length - 1 + omitted).toBe(setting.rules.length + setting.rollouts.length);
          const matching = steps.filter(({ outcome }) => outcome !== 'does-not-match').length - 1;
          expect(steps.length - 1).toBe(Math.min(steps.length - 1 + omitted, Math.max(limit, matching)));
        },
      ),
    );
  });
});

describe('lint', () => {
  it('calls nothing "never wins" that decides anywhere, from then on', () => {
    checkFindings('never-wins', (about, setting) => {
      const { evaluate } = makeEvaluator(setting);
      everywhere((context, nowMs) => {
        if (isWinner(about, evaluate(context, nowMs))) throw new Error(`${JSON.stringify(about)} decides`);
      });
    });
  });

  it('finds every rule that never wins', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const { evaluate } = makeEvaluator(setting);
        const losers = lintRuleset(setting, NOW).filter(({ kind }) => kind === 'never-wins');
        for (const rule of setting.rules) {
          const decides = CONTEXTS.some((context) => isWinner(rule, evaluate(context, NOW)));
          expect(losers.some((loser) => isAbout(loser, rule))).toBe(!decides);
        }
      }),
    );
  });

  it('says "only where a feature is unknown" of nothing that decides where it is known', () => {
    checkFindings('wins-only-without-feature', (about, setting, { rolloutIds }) => {
      const { evaluate } = makeEvaluator(setting);
      const taker = setting.rollouts.find(({ id }) => id === rolloutIds.at(-1));
      everywhere((context, nowMs) => {
        const isKnown = taker !== undefined && context.has(taker.feature);
        if (isKnown && isWinner(about, evaluate(context, nowMs))) throw new Error(`${JSON.stringify(about)} decides`);
      });
    });
  });

  it('calls nothing a repeat without which, or without all of which, any value changes at any time', () => {
    let count = 0;
    fc.assert(
      fc.property(settings, (setting) => {
        const repeats = lintRuleset(setting, NOW).filter(({ kind }) => kind.startsWith('repeats-'));
        const without = (removed: readonly Finding[]) => {
          const isKept = (candidate: Candidate) => !removed.some((repeat) => isAbout(repeat, candidate));
          return makeEvaluator({
            ...setting,
            rules: setting.rules.filter(isKept),
            rollouts: setting.rollouts.filter(isKept),
          });
        };
        const { evaluate } = makeEvaluator(setting);
        for (const other of [...repeats.map((repeat) => without([repeat])), without(repeats)]) {
          for (const nowMs of [NOW - WEEKS, ...TIMES]) {
            for (const context of CONTEXTS) {
              const [before, after] = [evaluate(context, nowMs), other.evaluate(context, nowMs)];
              if (before.value === after.value) continue;
              if (!jsonEquals(parseJson(before.value), parseJson(after.value))) throw new Error('a value has changed');
            }
          }
        }
        count += repeats.length;
      }),
      { numRuns: 300 },
    );
    expect(count).toBeGreaterThan(50);
  });

  it('says "at 100 %" and "at 0 %" of what admits every unit, or none by percentage, from then on', () => {
    const admissions = (about: Candidate, check: (by: string | undefined) => boolean) => {
      if (!isRollout(about)) throw new Error('a rule has no percentage');
      everywhere((context, nowMs) => {
        const answer = admission({ ...about, conditions: [] }, context, nowMs);
        const by = answer.admitted ? answer.by : undefined;
        if (context.has(about.feature) && !check(by)) throw new Error(`admitted by ${by}`);
      });
    };
    checkFindings('rollout-at-hundred', (about) => admissions(about, (by) => by !== undefined));
    checkFindings('rollout-at-zero', (about) => admissions(about, (by) => by !== 'percentage'));
  });
});
