import { Autocomplete } from '@base-ui/react/autocomplete';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { request } from '../api/client.js';
import { keys } from '../api/queries.js';
import { Field, inputClass } from '../ui/field.js';
import { useRested } from '../ui/use-rested.js';
import { conditionProblem } from './condition.js';
import css from './condition-fields.module.css';

type ConditionFieldsProps = Readonly<{
  features: readonly string[];
  /** By feature; what is missing or empty is any value. */
  values: Readonly<Record<string, string>>;
  onChange: (values: Readonly<Record<string, string>>) => void;
}>;

/** Where a line applies: a value for each context feature, or any. Values that are named already are suggested. */
export function ConditionFields({ features, values, onChange }: ConditionFieldsProps) {
  return (
    <div className={css['fields']}>
      {features.map((feature) => (
        <ConditionField
          key={feature}
          feature={feature}
          value={values[feature] ?? ''}
          onChange={(value) => onChange({ ...values, [feature]: value })}
        />
      ))}
    </div>
  );
}

const SUGGESTED = 20;

type ConditionFieldProps = Readonly<{ feature: string; value: string; onChange: (value: string) => void }>;

function ConditionField({ feature, value, onChange }: ConditionFieldProps) {
  const prefix = useRested(value, 150);
  const { data: answer } = useQuery({
    queryKey: [...keys.contextFeatures, 'values', feature, prefix],
    queryFn: ({ signal }) =>
      request('get', '/api/v1/context_features/{name}/values', {
        path: { name: feature },
        query: { prefix, limit: SUGGESTED },
        exact: [],
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  const named = (answer?.data.values ?? []) as readonly Readonly<{
    value: unknown;
    rule_count: number;
    rollout_count: number;
  }>[];
  const suggestions = named.map((one) => String(one.value)).filter((one) => one !== value);
  return (
    <Autocomplete.Root items={suggestions} value={value} onValueChange={onChange} mode="none" openOnInputClick>
      <Field label={feature} pointer={`/feature_values/${feature}`} error={conditionProblem(value)}>
        <Autocomplete.Input
          className={inputClass}
          placeholder={`any ${feature}`}
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      {suggestions.length > 0 && (
        <Autocomplete.Portal>
          <Autocomplete.Positioner className={css['positioner']} sideOffset={4}>
            <Autocomplete.Popup className={css['popup']}>
              <Autocomplete.List aria-label={`Values of ${feature}`}>
                {(item: string) => (
                  <Autocomplete.Item key={item} value={item} className={css['item']}>
                    {item}
                  </Autocomplete.Item>
                )}
              </Autocomplete.List>
            </Autocomplete.Popup>
          </Autocomplete.Positioner>
        </Autocomplete.Portal>
      )}
    </Autocomplete.Root>
  );
}
