import { type FormEvent, useState } from 'react';
import { useReadOnly } from '../api/config.js';
import { exactly, type Exact } from '../api/exact.js';
import { type components } from '../api/schema.js';
import { conditionProblem } from '../editors/condition.js';
import { Button } from '../ui/button.js';
import { Field, Input } from '../ui/field.js';
import { putAside } from '../ui/put-aside.js';
import css from './values.module.css';

type Rule = Exact<components['schemas']['ListedRule']>;
type OtherValueProps = Readonly<{ feature: string; value: string; rules: readonly Rule[] }>;

/** Puts all rules that name a value into the change set: made again for another value, or deleted. It is looked through there, and acts as one. */
export function OtherValue({ feature, value, rules }: OtherValueProps) {
  const [other, setOther] = useState('');
  if (useReadOnly() !== undefined) return null;
  const problem = other === value ? 'must be another one' : conditionProblem(other);
  const many = rules.length === 1 ? 'the rule' : `all ${rules.length.toLocaleString('en')} rules`;
  const copy = (event: FormEvent) => {
    event.preventDefault();
    if (problem !== undefined || other === '') return;
    putAside(
      ...rules.map((rule) => ({
        op: 'put_rule',
        setting: rule.setting,
        feature_values: { ...conditionsOf(rule), [feature]: other },
        value: exactly(rule.value),
        metadata: exactly(rule.metadata),
        expect: null,
      })),
    );
    setOther('');
  };
  const remove = () =>
    putAside(
      ...rules.map((rule) => ({
        op: 'delete_rule',
        setting: rule.setting,
        feature_values: conditionsOf(rule),
        expect: { value: exactly(rule.value) },
      })),
    );
  return (
    <form className={css['other']} onSubmit={copy} noValidate aria-label="Into the change set">
      <Field label={`Make ${many} again for the ${feature}`} error={problem}>
        <Input value={other} autoComplete="off" spellCheck={false} onChange={(event) => setOther(event.target.value)} />
      </Field>
      <Button type="submit" disabled={problem !== undefined || other === ''}>
        Add to change set
      </Button>
      <Button onClick={remove}>Add to change set: delete {many}</Button>
    </form>
  );
}

function conditionsOf({ feature_values }: Rule): Readonly<Record<string, string>> {
  return Object.fromEntries(feature_values.map(([name = '', value = '']) => [name, value]));
}
