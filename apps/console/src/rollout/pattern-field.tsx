import { type UnitPattern } from '@heksher/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { loadPatterns } from '../matrix/evaluable.js';
import { Field, Input } from '../ui/field.js';
import css from './rollout.module.css';

type PatternFieldProps = Readonly<{ feature: string; value: string; onChange: (pattern: string) => void }>;

/** A pattern of unit ids in RE2's syntax, checked and tried by the service's own engine. */
export function PatternField({ feature, value, onChange }: PatternFieldProps) {
  const [unit, setUnit] = useState('');
  const { pattern, problem } = usePattern(value);
  return (
    <div className={css['pair']}>
      <Field label="Pattern" pointer="/pattern" error={problem} hint="Searched for in the id; RE2 syntax.">
        <Input
          value={value}
          className={css['mono']}
          spellCheck={false}
          autoComplete="off"
          placeholder="none"
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      {value !== '' && (
        <Field label={`Try a ${feature}`} hint={<span aria-live="polite">{verdictOf(pattern, unit)}</span>}>
          <Input value={unit} spellCheck={false} autoComplete="off" onChange={(event) => setUnit(event.target.value)} />
        </Field>
      )}
    </div>
  );
}

function verdictOf(pattern: UnitPattern | undefined, unit: string): string {
  if (pattern === undefined || unit === '') return '';
  return pattern.test(unit) ? `has it ✓` : `does not have it ✗`;
}

/** A pattern that is compiled when its engine is there. */
export function usePattern(source: string): Readonly<{ pattern?: UnitPattern; problem?: string }> {
  const { data } = useQuery({
    queryKey: ['patterns'],
    queryFn: async () => ({ compile: await loadPatterns() }),
    enabled: source !== '',
    staleTime: Infinity,
  });
  if (data === undefined || source === '') return {};
  try {
    return { pattern: data.compile(source) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
