import { METADATA_KEY_RULE, isMetadataKey, type SettingType } from '@heksher/core';
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { emptyDraft, newId } from '../editors/draft.js';
import { ValueEditor } from '../editors/value-editor.js';
import { Button, IconButton } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import { type VariantForm } from './rollout-form.js';
import css from './rollout.module.css';
import { VariantsBar } from './variants-bar.js';

type VariantsFieldProps = Readonly<{
  type: SettingType;
  variants: readonly VariantForm[];
  onChange: (variants: readonly VariantForm[]) => void;
}>;

/** Values among which units are divided by weight. */
export function VariantsField({ type, variants, onChange }: VariantsFieldProps) {
  const sum = variants.reduce((total, { weight }) => total + (Number(weight) || 0), 0);
  const shareOf = (weight: string) => (sum === 0 ? 0 : Math.round(((Number(weight) || 0) / sum) * 1_000) / 10);
  const set = (id: number, to: Partial<VariantForm>) =>
    onChange(variants.map((one) => (one.id === id ? { ...one, ...to } : one)));
  const move = (from: number, to: number) => {
    const one = variants[from];
    if (one !== undefined) onChange(variants.toSpliced(from, 1).toSpliced(to, 0, one));
  };
  return (
    <div className={css['variants']}>
      <VariantsBar
        variants={variants}
        onChange={(weights) =>
          onChange(variants.map((one, index) => ({ ...one, weight: String(weights[index] ?? one.weight) })))
        }
      />
      {variants.map(({ id, name, weight, value }, index) => {
        const isRepeated = variants.some((other) => other.id !== id && other.name === name);
        const problem = name === '' || isMetadataKey(name) ? undefined : `must be ${METADATA_KEY_RULE}`;
        return (
          <fieldset key={id} className={css['variant']}>
            <legend className="visually-hidden">Variant {name === '' ? index + 1 : name}</legend>
            <div className={css['variantHead']}>
              <Field
                label="Name"
                pointer={`/variants/${index}/name`}
                error={isRepeated ? 'there is one of this name' : problem}
              >
                <Input
                  value={name}
                  autoComplete="off"
                  spellCheck={false}
                  onChange={(event) => set(id, { name: event.target.value })}
                />
              </Field>
              <Field
                label="Weight"
                pointer={`/variants/${index}/weight`}
                error={/^[1-9]\d{0,6}$/.test(weight) ? undefined : 'a whole number from 1'}
              >
                <Input
                  value={weight}
                  inputMode="numeric"
                  onChange={(event) => set(id, { weight: event.target.value })}
                />
              </Field>
              <output className={css['portion']}>{shareOf(weight)} %</output>
              <span className={css['rowTools']}>
                <IconButton label={`Move ${name} up`} disabled={index === 0} onClick={() => move(index, index - 1)}>
                  <ArrowUp aria-hidden />
                </IconButton>
                <IconButton
                  label={`Move ${name} down`}
                  disabled={index === variants.length - 1}
                  onClick={() => move(index, index + 1)}
                >
                  <ArrowDown aria-hidden />
                </IconButton>
                <IconButton
                  label={`Remove ${name}`}
                  disabled={variants.length === 1}
                  onClick={() => onChange(variants.toSpliced(index, 1))}
                >
                  <Trash2 aria-hidden />
                </IconButton>
              </span>
            </div>
            <ValueEditor
              type={type}
              draft={value}
              onChange={(next) => set(id, { value: next })}
              label="Value"
              pointer={`/variants/${index}/value`}
            />
          </fieldset>
        );
      })}
      <div>
        <Button
          size="small"
          onClick={() => onChange([...variants, { id: newId(), name: '', weight: '1', value: emptyDraft(type) }])}
        >
          <Plus aria-hidden /> Add a variant
        </Button>
      </div>
    </div>
  );
}
