import { useConfig } from '../api/config.js';
import { metadataText } from '../api/exact.js';
import { Field, Input } from '../ui/field.js';
import { type DeclarationForm, readMetadata, withMetadata, withType } from './declaration.js';
import css from './declaration-fields.module.css';
import { TypeBuilder } from './type-builder.js';
import { readType } from './type-text.js';
import { ValueEditor } from './value-editor.js';

type DeclarationFieldsProps = Readonly<{
  form: DeclarationForm;
  onChange: (form: DeclarationForm) => void;
  /** All context features, in order. */
  features: readonly string[];
}>;

/** What is declared of a setting, but its name. */
export function DeclarationFields({ form, onChange, features }: DeclarationFieldsProps) {
  const { owner_key: ownerKey } = useConfig();
  const { type } = readType(form.type);
  const metadata = readMetadata(form.metadata);
  const isJson = metadata !== undefined;
  const toggle = (feature: string) => {
    const wanted = new Set(form.features);
    if (!wanted.delete(feature)) wanted.add(feature);
    onChange({ ...form, features: features.filter((one) => wanted.has(one)) });
  };
  return (
    <>
      <TypeBuilder text={form.type} onChange={(text) => onChange(withType(form, text))} />
      {type !== undefined && (
        <ValueEditor
          type={type}
          draft={form.value}
          onChange={(value) => onChange({ ...form, value })}
          label="Default"
          pointer="/default_value"
        />
      )}
      <fieldset className={css['features']}>
        <legend>Configurable by</legend>
        {features.map((feature) => (
          <label key={feature}>
            <input type="checkbox" checked={form.features.includes(feature)} onChange={() => toggle(feature)} />{' '}
            {feature}
          </label>
        ))}
        {features.length === 0 && <p>There is no context feature yet: add one first.</p>}
      </fieldset>
      {['description', ownerKey].map((key) => (
        <Field key={key} label={key === 'description' ? 'Description' : 'Owner'} pointer={`/metadata/${key}`}>
          <Input
            value={metadataText(metadata, key) ?? ''}
            disabled={!isJson}
            onChange={(event) => onChange(withMetadata(form, key, event.target.value))}
          />
        </Field>
      ))}
      <details className={css['more']}>
        <summary>All metadata, as JSON</summary>
        <Field
          label={<span className="visually-hidden">Metadata</span>}
          pointer="/metadata"
          error={isJson ? undefined : 'must be a JSON object'}
        >
          <Input
            className={css['area']}
            value={form.metadata}
            onChange={(event) => onChange({ ...form, metadata: event.target.value })}
            render={<textarea rows={5} spellCheck={false} dir="auto" />}
          />
        </Field>
      </details>
    </>
  );
}
