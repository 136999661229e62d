import { formatJson } from '@heksher/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type SettingView } from '../api/queries.js';
import { evaluableOf, hasPattern, loadPatterns } from '../matrix/evaluable.js';
import { effectOf, type RuleEffect } from '../matrix/rule-effect.js';
import { useNow } from '../ui/time.js';
import { type StoredRule } from './rule-form.js';

/** The setting as core evaluates it; undefined until its patterns can be read. */
export function useEvaluable(setting: SettingView) {
  const needsPatterns = hasPattern(setting);
  const { data: compile } = useQuery({
    queryKey: ['patterns'],
    queryFn: async () => ({ compile: await loadPatterns() }),
    enabled: needsPatterns,
    staleTime: Infinity,
  });
  return useMemo(
    () => (needsPatterns && compile === undefined ? undefined : evaluableOf(setting, compile?.compile)),
    [setting, compile, needsPatterns],
  );
}

/** What a rule that is being written would do. */
export function useRuleEffect(
  setting: SettingView,
  rule: StoredRule | undefined,
  id: number | undefined,
): RuleEffect | undefined {
  const evaluable = useEvaluable(setting);
  const nowMs = useNow();
  const text = rule === undefined ? undefined : formatJson(rule.value);
  const where = JSON.stringify(rule?.conditions);
  return useMemo(() => {
    if (evaluable === undefined || rule === undefined || text === undefined) return undefined;
    return effectOf(evaluable, { id, conditions: rule.conditions, value: text }, nowMs);
    // A rule is what it says, not the object that says it.
  }, [evaluable, text, where, id, nowMs]);
}
