import { useId } from 'react';
import { type ContextValues, formatContext } from '../api/context-text.js';
import { useDraft } from '../ui/use-draft.js';
import css from './context-fields.module.css';

type ContextFieldsProps = Readonly<{
  features: readonly string[];
  context: ContextValues;
  /** Values to choose from; any other can be typed. */
  suggestions: (feature: string) => readonly string[];
  /** Called when typing rests. */
  onChange: (context: ContextValues) => void;
}>;

const keyOf = (context: ContextValues): string => formatContext(context) ?? '';

/** A field for each context feature; an empty one is unknown, and fulfils no condition. */
export function ContextFields({ features, context, suggestions, onChange }: ContextFieldsProps) {
  const [typed, change] = useDraft(context, keyOf, onChange);
  return (
    <div className={css['fields']}>
      {features.map((feature) => (
        <ContextField
          key={feature}
          feature={feature}
          value={typed[feature] ?? ''}
          suggestions={suggestions(feature)}
          onChange={(value) => change({ ...typed, [feature]: value })}
        />
      ))}
    </div>
  );
}

type ContextFieldProps = Readonly<{
  feature: string;
  value: string;
  suggestions: readonly string[];
  onChange: (value: string) => void;
}>;

/** More are of no help in a list. */
const SHOWN = 100;

/** The browser's own list: it leaves everything around readable while it is open. */
function ContextField({ feature, value, suggestions, onChange }: ContextFieldProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id} className={css['label']}>
        {feature}
      </label>
      <input
        dir="auto"
        id={id}
        list={`${id}-values`}
        className={css['input']}
        value={value}
        placeholder="unknown"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={`${id}-values`}>
        {suggestions.slice(0, SHOWN).map((item) => (
          <option key={item} value={item} />
        ))}
      </datalist>
    </>
  );
}
