import { type SettingType } from '@heksher/core';
import { type ReactNode } from 'react';
import { ConditionFields } from '../editors/condition-fields.js';
import { emptyDraft, newId } from '../editors/draft.js';
import { ValueEditor } from '../editors/value-editor.js';
import { Button } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import { useNow } from '../ui/time.js';
import { shareNow, shareSentence, shareThatChangesVariant, weightedOf } from './moved.js';
import { PatternField } from './pattern-field.js';
import { RampField } from './ramp-field.js';
import { type RolloutForm } from './rollout-form.js';
import css from './rollout.module.css';
import { ShareField } from './share-field.js';
import { newSteps, type ShareForm } from './share-form.js';
import { StepsField } from './steps-field.js';
import { VariantsField } from './variants-field.js';

type RolloutFieldsProps = Readonly<{
  type: SettingType;
  features: readonly string[];
  form: RolloutForm;
  onChange: (change: Partial<RolloutForm>) => void;
  /** As it is stored; absent: it is new. */
  before: RolloutForm | undefined;
  isOff: boolean;
}>;

/** All of a rollout but its members. */
export function RolloutFields({ type, features, form, onChange, before, isOff }: RolloutFieldsProps) {
  const { share, outcome } = form;
  const nowMs = useNow();
  const now = shareNow(share, nowMs);
  const changed = before && shareThatChangesVariant(form.hash, weightedOf(before), weightedOf(form));
  return (
    <>
      <Section title="For whom">
        {before === undefined && (
          <label className={css['whose']}>
            A share of
            <select value={form.feature} onChange={(event) => onChange({ feature: event.target.value })}>
              {features.map((feature) => (
                <option key={feature} value={feature}>
                  {feature}s
                </option>
              ))}
            </select>
          </label>
        )}
        {features.length > 1 && (
          <ConditionFields
            features={features.filter((feature) => feature !== form.feature)}
            values={form.conditions}
            onChange={(conditions) => onChange({ conditions })}
          />
        )}
      </Section>
      <Section
        title="Share"
        aside={
          <Choice
            label="How the share moves"
            options={[
              ['fixed', 'A percentage'],
              ['ramp', 'A ramp'],
              ['steps', 'Steps'],
            ]}
            value={share.kind}
            onChange={(kind) => onChange({ share: newShare(kind, now ?? 0) })}
          />
        }
      >
        {share.kind === 'fixed' ? (
          <ShareField
            label={`Share of ${form.feature}s`}
            pointer="/percentage"
            value={share.percentage}
            onChange={(percentage) => onChange({ share: { kind: 'fixed', percentage } })}
          />
        ) : share.kind === 'ramp' ? (
          <RampField ramp={share} onChange={(next) => onChange({ share: next })} />
        ) : (
          <StepsField steps={share} isOff={isOff} onChange={(next) => onChange({ share: next })} />
        )}
        {now !== undefined && (
          <p className={css['sentence']} aria-live="polite">
            {shareSentence(form.feature, before && shareNow(before.share, nowMs), now)}
          </p>
        )}
      </Section>
      <Section
        title="What they get"
        aside={
          <Choice
            label="What they get"
            options={[
              ['value', 'One value'],
              ['variants', 'Variants'],
            ]}
            value={outcome.kind}
            onChange={(kind) => onChange({ outcome: otherOutcome(kind, form, type) })}
          />
        }
      >
        {outcome.kind === 'value' ? (
          <ValueEditor
            type={type}
            draft={outcome.value}
            onChange={(value) => onChange({ outcome: { kind: 'value', value } })}
            label="Value"
            pointer="/value"
          />
        ) : (
          <VariantsField
            type={type}
            variants={outcome.variants}
            onChange={(variants) => onChange({ outcome: { kind: 'variants', variants } })}
          />
        )}
        {changed !== undefined && changed > 0 && (
          <p className={css['sentence']}>{changed} % of units change variant.</p>
        )}
      </Section>
      <Section title="Others by their id">
        <PatternField feature={form.feature} value={form.pattern} onChange={(pattern) => onChange({ pattern })} />
      </Section>
      <details className={css['advanced']}>
        <summary>How units are dealt</summary>
        <p className={css['soft']}>
          Equal salts give the same units, where the shares are equal. Another salt or hash deals everyone anew.
        </p>
        <div className={css['pair']}>
          <Field label="Salt" pointer="/salt">
            <Input
              value={form.salt}
              placeholder="the name of the setting"
              spellCheck={false}
              onChange={(event) => onChange({ salt: event.target.value })}
            />
          </Field>
          <label className={css['whose']}>
            Hash
            <select
              value={form.hash}
              onChange={(event) => onChange({ hash: event.target.value === 'crc32' ? 'crc32' : 'murmur3' })}
            >
              <option value="murmur3">murmur3</option>
              <option value="crc32">crc32</option>
            </select>
          </label>
        </div>
      </details>
    </>
  );
}

function Section({ title, aside, children }: Readonly<{ title: string; aside?: ReactNode; children: ReactNode }>) {
  return (
    <section className={css['section']}>
      <header>
        <h3>{title}</h3>
        {aside}
      </header>
      {children}
    </section>
  );
}

type ChoiceProps<T extends string> = Readonly<{
  label: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onChange: (value: T) => void;
}>;

function Choice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  return (
    <span role="group" aria-label={label} className={css['choice']}>
      {options.map(([option, text]) => (
        <Button
          key={option}
          size="small"
          aria-pressed={option === value}
          onClick={() => option !== value && onChange(option)}
        >
          {text}
        </Button>
      ))}
    </span>
  );
}

function newShare(kind: ShareForm['kind'], now: number): ShareForm {
  if (kind === 'fixed') return { kind, percentage: String(now) };
  return kind === 'ramp' ? newRamp(now) : newSteps(now);
}

function newRamp(from: number): ShareForm {
  const start = Date.now();
  const week = 7 * 86_400_000;
  return {
    kind: 'ramp',
    start: new Date(start).toISOString(),
    end: new Date(start + week).toISOString(),
    from: String(from),
    to: '100',
  };
}

function otherOutcome(kind: 'value' | 'variants', { outcome }: RolloutForm, type: SettingType): RolloutForm['outcome'] {
  if (kind === 'value')
    return {
      kind,
      value: (outcome.kind === 'variants' ? outcome.variants[0]?.value : outcome.value) ?? emptyDraft(type),
    };
  const value = outcome.kind === 'value' ? outcome.value : emptyDraft(type);
  return {
    kind,
    variants: [
      { id: newId(), name: 'control', weight: '1', value },
      { id: newId(), name: 'treatment', weight: '1', value },
    ],
  };
}
